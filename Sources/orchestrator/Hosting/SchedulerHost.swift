import Dispatch
import Glibc
import HTTPAPI
import Logging
import SchedulerService
import Synchronization

/// The scheduler inside this process, with the API on top: the composition root of every command that needs
/// one.
final class SchedulerHost: Sendable {
    /// Asks the API without a socket.
    let client: APIClient
    private let invocation: Invocation
    private let service: ServiceHost
    private let logger: Logger
    private let server = Mutex<RunningServer?>(nil)

    /// Takes the home and reads its records and DAG files; nothing runs yet.
    ///
    /// - Throws: `HomeLock.Failure`, `StateStoreError`, `HomeError`, `HostError`, `CommandFailure`.
    init(_ invocation: Invocation, for purpose: HostPurpose) throws {
        self.invocation = invocation
        logger = Self.logger(for: purpose)
        let settings = try ServiceSettings(invocation, for: purpose)
        service = try ServiceHost(settings: settings, logger: logger, onFatal: Self.end)
        client = APIClient(
            transport: LocalTransport(
                LocalAPI(
                    controlPlane: service.controlPlane, programVersion: ProgramVersion.text, logger: logger)))
    }

    /// Serves on `api.sock` and TCP, then schedules: a port that is taken must not leave half a daemon.
    ///
    /// - Returns: `http://HOST:PORT`.
    func start(bind: String, port: Int) async throws -> String {
        let url = try await serve(bind: bind, port: port)
        try service.start()
        return url
    }

    /// Executes, and serves on `api.sock` so that other commands find the run. Without the socket it is only
    /// more lonely.
    func startForeground() async throws {
        do {
            _ = try await serve(bind: "127.0.0.1", port: 0)
        } catch {
            let reason = CommandFailure(describing: error).messages.joined(separator: "; ")
            invocation.output.warn("other commands cannot see this run: \(reason)")
        }
        try service.start()
    }

    private func serve(bind: String, port: Int) async throws -> String {
        let home = service.controlPlane.settings.home
        let configuration = APIConfiguration(
            host: bind, port: port, socketPath: home.socketPath,
            token: try AccessToken.load(fromFile: home.tokenPath),
            programVersion: ProgramVersion.text)
        let running = try await RunningServer.launch(
            service.controlPlane, configuration, logger: logger, onFailure: Self.end)
        server.withLock { $0 = running }
        if let secret = try AccessToken.read(home.tokenPath) {
            service.controlPlane.tracking.endpoint.open(url: running.url, secret: secret)
        }
        return running.url
    }

    /// Tries to send every notice that is due.
    func settleNotices() async {
        let service = service
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                service.settleNotices()
                continuation.resume()
            }
        }
    }

    /// Takes no more work, leaves tasks running, closes the database and gives the home back.
    func stop() async {
        let running = server.withLock { running in
            defer { running = nil }
            return running
        }
        await running?.stop()
        do {
            try service.stop()
        } catch {
            let reason = CommandFailure(describing: error).messages.joined(separator: "; ")
            invocation.output.warn(
                "the clean stop could not be recorded; the next start checks the database: \(reason)")
        }
    }

    /// What the scheduler cannot go on after: nothing may be acknowledged any more, so the process ends at
    /// once. Tasks run on; the next host finds them.
    private static let end: @Sendable (any Error) -> Void = { error in
        let failure = CommandFailure(describing: error)
        try? Terminal(descriptor: STDERR_FILENO, wantsColour: false, environment: [:]).write(failure.text)
        exit(failure.status.rawValue)
    }

    /// A daemon tells what it does; a command only what goes wrong.
    private static func logger(for purpose: HostPurpose) -> Logger {
        switch purpose {
        case .records: Logger(label: "orchestrator") { _ in SwiftLogNoOpLogHandler() }
        case .foreground: Logger(label: "orchestrator") { _ in DaemonLog(logLevel: .error) }
        case .daemon: Logger(label: "orchestrator") { _ in DaemonLog(logLevel: .info) }
        }
    }
}
