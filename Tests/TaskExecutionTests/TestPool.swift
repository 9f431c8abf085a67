import DAGDomain
import Dispatch
import Glibc
import Synchronization
import TaskExecution
import Testing

/// A worker pool on a folder of its own, and what it said.
final class TestPool: Sendable {
    let folder: String
    let prefix: String
    let runtimeFolder: String
    let events: EventLog
    let executor: LocalExecutor

    /// `folder` is that of an earlier pool whose work this one takes over.
    init(folder: String? = nil, shim: String = Shim.path) throws {
        let folder = try folder ?? Self.makeFolder()
        // Ids are unique on the machine, as real ones are: what an attempt leaves is recognised by its id.
        let prefix = "\(folder.suffix(6))-"
        let events = EventLog(prefix: prefix)
        self.prefix = prefix
        self.folder = folder
        self.events = events
        runtimeFolder = folder + "/runtime"
        executor = try LocalExecutor(runtimeDirectory: runtimeFolder, shimPath: shim) { events.append($0) }
    }

    private static func makeFolder() throws -> String {
        var template = Array("/dev/shm/task-execution-XXXXXX".utf8CString)
        return try template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else {
                throw SpawnFailure(step: .writingRecord, errno: errno)
            }
            return String(cString: start)
        }
    }

    func id(_ name: String) -> AttemptID { AttemptID(prefix + name) }

    /// Ends everything and removes the folder. Called at the end of a test, also a failed one.
    func close() {
        executor.shutdown()
        for entry in Processes.all(inEnvironment: "TEST_FOLDER=\(folder)") { kill(entry, SIGKILL) }
        Files.removeTree(folder)
    }

    func specification(
        _ id: String, _ arguments: [String], environment: [String: String] = [:],
        workingDirectory: String? = nil, timeout: Duration? = nil, grace: Duration = .seconds(5),
        logPath: String? = nil, logLimit: UInt64 = AttemptSpecification.defaultLogLimitBytes,
        folders: [String] = [], keepsLeftovers: Bool = false
    ) -> AttemptSpecification {
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "TEST_FOLDER": folder]
        variables.merge(environment) { $1 }
        return AttemptSpecification(
            id: self.id(id), arguments: arguments, environment: variables,
            workingDirectory: workingDirectory ?? folder, logPath: logPath ?? self.logPath(id),
            executionTimeout: timeout, terminationGrace: grace, logLimitBytes: logLimit,
            directoriesToCreate: folders, keepsLeftovers: keepsLeftovers)
    }

    func shell(_ id: String, _ script: String, timeout: Duration? = nil, grace: Duration = .seconds(5)) {
        executor.start(specification(id, ["/bin/sh", "-c", script], timeout: timeout, grace: grace))
    }

    /// Runs a shell script to its end.
    func run(_ id: String, _ script: String) async -> AttemptEnd {
        shell(id, script)
        return await events.end(of: id)
    }

    func run(_ specification: AttemptSpecification) async -> AttemptEnd {
        executor.start(specification)
        return await events.end(of: String(specification.id.text.dropFirst(prefix.count)))
    }

    func logPath(_ id: String) -> String { "\(folder)/logs/\(id).log" }

    func log(_ id: String) -> String {
        String(decoding: Files.read(logPath(id)) ?? [], as: UTF8.self)
    }

    func recordPath(_ id: String) -> String { "\(runtimeFolder)/\(prefix)\(id).attempt" }

    func expectRecords(_ ids: [String]) throws {
        let found = try executor.recordsOnDisk().map(\.text).sorted()
        #expect(found == ids.map { prefix + $0 })
    }

    /// A FIFO that tasks write lines to.
    func makeFIFO(_ name: String) -> FIFO {
        FIFO(path: "\(folder)/\(name)")
    }
}

extension TestPool {
    /// Gives a pool to a test and cleans up behind it.
    static func with(
        shim: String = Shim.path, _ body: (TestPool) async throws -> Void
    ) async throws {
        let pool = try TestPool(shim: shim)
        defer { pool.close() }
        try await body(pool)
    }
}
