import CProcess
import DAGDomain
import Glibc
import Synchronization

/// Makes supervisors by asking one supervisor program to fork itself (`spawn_server.h`).
///
/// The server is started with the first attempt and again whenever it is found dead. It knows nothing of the attempts:
/// what runs is told by their records alone, so killing it loses nothing.
final class SpawnServer: Sendable {
    /// What became of a request.
    enum Answer: Sendable {
        /// A child of ours, whose number is its own until it is reaped, and our end of its channel.
        case started(process: Int32, channel: Int32)
        /// The server is gone or stuck and did not say. The record's lock will tell.
        case unknown
    }

    private struct Connection {
        let socket: Int32
        let pidfd: Int32

        func end() { cprocess_server_end(socket, pidfd) }
    }

    private struct State {
        var connection: Connection?
        var isClosed = false
    }

    private let program: String
    /// As long as the longest path that is asked for: the supervisors show their own there.
    private let room: String
    private let state = Mutex(State())

    init(program: String, runtime: RuntimeDirectory) {
        self.program = program
        room = runtime.recordPath(AttemptID(String(repeating: "-", count: RuntimeDirectory.maximumIDLength)))
    }

    deinit { close() }

    /// Starts a supervisor for the control file at `path`.
    ///
    /// - Throws: when nothing was started.
    func spawn(_ path: String) throws(SpawnFailure) -> Answer {
        // Closures lose the type of what they throw.
        let result = state.withLock { state in
            Result { () throws(SpawnFailure) in try ask(path, &state) }
        }
        return try result.get()
    }

    /// Ends the server; the supervisors go on.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.connection?.end()
            state.connection = nil
        }
    }

    private func ask(_ path: String, _ state: inout State) throws(SpawnFailure) -> Answer {
        let isFresh = state.connection == nil
        let connection = try connection(&state)
        var process: Int32 = 0
        var channel: Int32 = -1
        let error = cprocess_server_ask(connection.socket, path, &process, &channel)
        if error == 0 { return .started(process: process, channel: channel) }
        if error > 0 { throw SpawnFailure(step: .startingSupervisor, errno: error) }
        connection.end()
        state.connection = nil
        if error == Int32(SPAWN_SERVER_SILENT) { return .unknown }
        guard !isFresh else { throw SpawnFailure(step: .supervisorEndedEarly, errno: 0) }
        return try ask(path, &state)
    }

    private func connection(_ state: inout State) throws(SpawnFailure) -> Connection {
        if let connection = state.connection { return connection }
        guard !state.isClosed else { throw SpawnFailure(step: .startingSupervisor, errno: ESHUTDOWN) }
        let connection = try start()
        state.connection = connection
        return connection
    }

    private func start() throws(SpawnFailure) -> Connection {
        var socket: Int32 = -1
        var process: Int32 = 0
        var pidfd: Int32 = -1
        var arguments: [UnsafeMutablePointer<CChar>?] = [program, "--serve", room].map { (text: String) in
            strdup(text)
        }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let error = cprocess_server_start(program, arguments, &socket, &process, &pidfd)
        guard error == 0 else { throw SpawnFailure(step: .startingSupervisor, errno: error) }
        return Connection(socket: socket, pidfd: pidfd)
    }
}
