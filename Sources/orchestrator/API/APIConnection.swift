import DAGDomain
import Glibc
import SchedulerService

/// What a command needs of the other side of the API.
enum APINeed: Sendable {
    /// Works on the home itself when no daemon runs.
    case records
    /// Only a daemon (or a foreground `run`) can do it.
    case daemon
}

extension Invocation {
    /// Runs `body` with a client: to `--url`, else to the daemon of the home, else, for records only, to a
    /// host inside this process that executes nothing and lives as long as `body`.
    func withAPI<Result: Sendable>(
        _ need: APINeed, _ body: (APIClient) async throws -> Result
    ) async throws -> Result {
        if let client = try remoteClient() { return try await body(client) }
        guard need == .records else { throw CommandFailure.noDaemon(home: configuration.home) }
        guard
            let host = try await HomeAccess.taking(
                configuration.home, { try SchedulerHost(self, for: .records) })
        else {
            // A daemon has started since.
            guard let client = try remoteClient() else {
                throw CommandFailure.noDaemon(home: configuration.home)
            }
            return try await body(client)
        }
        do {
            let result = try await body(host.client)
            await host.stop()
            return result
        } catch {
            await host.stop()
            throw error
        }
    }

    /// A client to `--url` or to the daemon of the home; nil when no daemon runs.
    func remoteClient() throws(CommandFailure) -> APIClient? {
        if let url = configuration.text(.url) {
            return APIClient(transport: HTTPTransport(url: url, token: configuration.text(.token)))
        }
        let path = configuration.home + "/api.sock"
        guard UnixSocket.isAnswered(path) else { return nil }
        return APIClient(transport: HTTPTransport(socketPath: path))
    }
}
