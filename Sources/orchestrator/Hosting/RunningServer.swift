import Glibc
import HTTPAPI
import Logging
import NIOCore
import SchedulerService
import ServiceLifecycle

/// The API being served; from `launch` until `stop`.
struct RunningServer: Sendable {
    /// `http://HOST:PORT`
    let url: String
    private let group: ServiceGroup
    private let serving: Task<Void, Never>

    private enum Event: Sendable {
        case ready(String)
        case failed(any Error)
    }

    /// Returns when both the unix socket and TCP take requests.
    ///
    /// - Parameter onFailure: told when serving ends with an error later on.
    static func launch(
        _ controlPlane: ControlPlane, _ configuration: APIConfiguration, logger: Logger,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) async throws -> RunningServer {
        let (events, event) = AsyncStream.makeStream(of: Event.self)
        let server = try APIServer(
            controlPlane: controlPlane, configuration: configuration, logger: logger,
            onReady: { event.yield(.ready($0)) })
        // The group would log the very error that is thrown.
        let silent = Logger(label: "orchestrator.services") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: server)], logger: silent))
        let serving = Task {
            do {
                try await group.run()
            } catch {
                event.yield(.failed(error))
            }
            event.finish()
        }
        var iterator = events.makeAsyncIterator()
        switch await iterator.next() {
        case .ready(let url):
            Task { for await case .failed(let error) in events { onFailure(error) } }
            return RunningServer(url: url, group: group, serving: serving)
        case .failed(let error): throw failure(error, configuration)
        case nil: throw CommandFailure(.ownFault, "the server ended before it was ready")
        }
    }

    /// Closes the sockets; requests that are being answered are finished, streams end.
    func stop() async {
        await group.triggerGracefulShutdown()
        await serving.value
    }

    private static func failure(_ error: any Error, _ configuration: APIConfiguration) -> CommandFailure {
        guard let system = error as? IOError else { return CommandFailure(describing: error) }
        let place = "\(configuration.host):\(configuration.port)"
        guard system.errnoCode == EADDRINUSE else {
            return CommandFailure(
                .inputOutput, "cannot listen on \(place): \(systemErrorText(system.errnoCode))",
                hint: "choose another address with --bind and --port")
        }
        let holder = PortHolder.describe(port: configuration.port).map { " by \($0)" } ?? ""
        return CommandFailure(
            .inputOutput, "the port \(place) is taken\(holder)",
            hint: "choose another one with --port; 0 picks a free one")
    }
}
