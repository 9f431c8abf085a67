import DAGDomain
import Glibc
import Hummingbird
import Logging
import NIOCore
import SchedulerService
import ServiceLifecycle
import Synchronization

/// The daemon's API: the same routes on a unix socket (trusted) and on TCP (with the token).
package struct APIServer: Service {
    package enum Failure: Error, Hashable, Sendable {
        /// Serving without TLS beyond this machine was not allowed.
        case notLoopback(host: String)
        /// Longer than the 107 bytes of an address of a unix socket.
        case socketPathTooLong(String)
        /// Something that is no socket of ours lies at the path.
        case socketPathTaken(String)
        /// The socket's mode could not be set.
        case system(path: String, code: Int32)
    }

    private static let maximumConnections = 256
    private static let idleTimeout = TimeAmount.seconds(60)

    private let configuration: APIConfiguration
    private let responder: RouterResponder<APIContext>
    private let logger: Logger
    private let onReady: @Sendable (String) -> Void

    /// - Parameter onReady: told the URL once both servers take requests.
    /// - Throws: `Failure`.
    package init(
        controlPlane: ControlPlane, configuration: APIConfiguration, logger: Logger,
        onReady: @escaping @Sendable (String) -> Void
    ) throws(Failure) {
        guard configuration.isLoopback || configuration.allowsOtherHosts else {
            throw .notLoopback(host: configuration.host)
        }
        guard configuration.socketPath.utf8.count <= 107 else {
            throw .socketPathTooLong(configuration.socketPath)
        }
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        let hosts = APIConfiguration.loopbackNames.union([configuration.host]).union(configuration.hostNames)
        responder = APIRouter.make(
            controlPlane: controlPlane,
            policy: GatePolicy(
                token: configuration.token, hosts: hosts, tasks: controlPlane.tracking.endpoint),
            identity: ServerIdentity(
                programVersion: configuration.programVersion, startedAt: WallClock.now())
        ).buildResponder()
    }

    /// Serves until it is cancelled or shut down gracefully.
    package func run() async throws {
        try removeOldSocket()
        let ready = ReadyCount(onReady)
        let network = application(
            OriginResponder(origin: .network, base: responder),
            address: .hostname(configuration.host, port: configuration.port)
        ) { channel in
            ready.bound(url: url(port: channel.localAddress?.port ?? configuration.port))
        }
        let failure = Mutex<Failure?>(nil)
        let local = application(
            OriginResponder(origin: .unixSocket, base: responder),
            address: .unixDomainSocket(path: configuration.socketPath)
        ) { channel in
            if chmod(configuration.socketPath, 0o600) == 0 { return ready.bound(url: nil) }
            failure.withLock { $0 = .system(path: configuration.socketPath, code: errno) }
            channel.close(promise: nil)
        }
        defer { unlink(configuration.socketPath) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await network.run() }
            group.addTask { try await local.run() }
            for try await _ in group {}
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func application(
        _ responder: OriginResponder<RouterResponder<APIContext>>, address: BindAddress,
        onBound: @escaping @Sendable (any Channel) -> Void
    ) -> Application<OriginResponder<RouterResponder<APIContext>>> {
        Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: address,
                availableConnectionsDelegate: .maximum(Self.maximumConnections, logger: logger)),
            onServerRunning: { onBound($0) }, logger: logger)
    }

    private func url(port: Int) -> String {
        configuration.host.contains(":")
            ? "http://[\(configuration.host)]:\(port)" : "http://\(configuration.host):\(port)"
    }

    /// Whoever holds the home's lock may replace the socket of a daemon that was killed.
    private func removeOldSocket() throws(Failure) {
        var status = stat()
        guard lstat(configuration.socketPath, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid() else {
            throw .socketPathTaken(configuration.socketPath)
        }
        unlink(configuration.socketPath)
    }
}

/// Says that the server is ready when both of its addresses are bound.
private final class ReadyCount: Sendable {
    private let state = Mutex<(bound: Int, url: String)>((0, ""))
    private let onReady: @Sendable (String) -> Void

    init(_ onReady: @escaping @Sendable (String) -> Void) {
        self.onReady = onReady
    }

    func bound(url: String?) {
        let ready = state.withLock { state -> String? in
            state.bound += 1
            if let url { state.url = url }
            return state.bound == 2 ? state.url : nil
        }
        if let ready { onReady(ready) }
    }
}
