import Glibc
import JSONText

/// A home, a DAG folder and a place for scratch files of its own; all of it, and every process of it, is gone at the
/// end of the test.
final class Installation {
    /// Short, because the path of a unix socket has at most 107 bytes.
    let folder: String
    let home: String
    let dags: String
    /// Added to the environment of every call.
    var environment: [String: String] = [:]
    private(set) var daemons: [Daemon] = []
    private var calls = 0
    private var runtimeFolder: String?

    /// - Parameter home: where the home is, told the installation's folder.
    static func with(
        _ body: (Installation) throws -> Void, home: (String) -> String = { $0 + "/home" }
    ) throws {
        let installation = try Installation(home: home)
        defer { installation.remove() }
        do {
            try body(installation)
        } catch {
            throw HarnessError(
                "\(error)\n\(installation.daemons.suffix(3).map(\.report).joined(separator: "\n"))")
        }
    }

    init(home: (String) -> String) throws {
        folder = try Files.temporaryFolder()
        self.home = home(folder)
        dags = folder + "/dags"
        try Files.makeFolder(dags)
    }

    /// The processes of this installation carry this in their environment: tasks inherit `LC_*`.
    var marker: String { "LC_INSTALLATION=\(folder)" }

    var api: SocketClient { SocketClient(path: home + "/api.sock") }

    var waiting: Waiting { Waiting(folders: [home, dags, folder]) }

    // MARK: Files

    /// Writes a DAG file as editors do: beside it first, then in its place.
    @discardableResult
    func dag(_ name: String, _ text: String) throws -> String {
        let path = "\(dags)/\(name).json"
        try Files.write(text, to: folder + "/.new")
        guard rename(folder + "/.new", path) == 0 else {
            throw HarnessError("cannot write \(path): errno \(errno)")
        }
        return path
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func fifo(_ name: String) throws -> FIFO { try FIFO(path(name)) }

    // MARK: Calling the program

    /// The whole environment of the program, without anything of the tests' own.
    func surroundings(_ extra: [String: String] = [:]) -> [String: String] {
        let own = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder,
            "LANG": "C.UTF-8", "LC_INSTALLATION": folder, "ORCHESTRATOR_HOME": home,
            "ORCHESTRATOR_DAGS": dags,
        ]
        return own.merging(environment) { _, new in new }.merging(extra) { _, new in new }
    }

    /// One call of the program, to its end.
    @discardableResult
    func call(_ arguments: String..., environment: [String: String] = [:], seconds: Int = 180) throws
        -> CommandResult
    {
        try call(arguments, environment: environment, seconds: seconds)
    }

    func call(_ arguments: [String], environment: [String: String] = [:], seconds: Int = 180) throws
        -> CommandResult
    {
        let (process, files) = try begin(arguments, environment: environment)
        let ending = try process.wait(seconds: seconds)
        return CommandResult(
            ending: ending, output: Files.text(files + ".out"), errors: Files.text(files + ".err"))
    }

    /// Starts a call and does not wait for it.
    ///
    /// - Returns: the process, and the path of its output files without `.out` and `.err`.
    func begin(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (process: ChildProcess, files: String) {
        calls += 1
        let files = path(".call-\(calls)")
        let process = try ChildProcess(
            Programs.orchestrator, arguments, environment: surroundings(environment), folder: folder,
            output: files + ".out", errors: files + ".err")
        return (process, files)
    }

    /// `run ... --output json`, which must print a run.
    func run(_ arguments: String..., seconds: Int = 180) throws -> (status: Int32, run: RunView) {
        let result = try call(["run", "--output", "json"] + arguments, seconds: seconds)
        guard result.status == 0 || result.status == 1 else {
            throw HarnessError("run ended with \(result.ending): \(result.errors)")
        }
        return (result.status, RunView(json: try result.json()))
    }

    /// A daemon that serves.
    ///
    /// - Throws: `HarnessError` with what it said when it ended instead.
    @discardableResult
    func start(_ options: String..., environment: [String: String] = [:]) throws -> Daemon {
        let daemon = try Daemon(self, options, environment: environment)
        daemons.append(daemon)
        guard try daemon.becomesReady() else { throw HarnessError("the daemon did not become ready") }
        noteRuntimeFolder()
        return daemon
    }

    /// A daemon that was started and may be anywhere.
    func launch(_ options: String..., environment: [String: String] = [:]) throws -> Daemon {
        let daemon = try Daemon(self, options, environment: environment)
        daemons.append(daemon)
        return daemon
    }

    // MARK: Processes

    /// The process from which the living daemon forks its supervisors.
    func spawnServer() -> Int32? {
        processes().first { Processes.commandLine($0).contains(" --serve ") }
    }

    /// Everything alive that belongs to this installation: daemons, supervisors (they name the runtime folder), tasks.
    func processes() -> [Int32] {
        noteRuntimeFolder()
        return Processes.all(environment: marker, argument: runtimeFolder)
    }

    /// The home may be gone by the time its runtime folder has to be removed.
    private func noteRuntimeFolder() {
        guard let known = Files.bytes(home + "/runtime-folder") else { return }
        runtimeFolder = String(decoding: known, as: UTF8.self)
    }

    /// Returns when nothing of this installation runs but the daemons given.
    func waitForQuiet(except daemon: Daemon? = nil, seconds: Int = 120) throws {
        var left: [Int32] = []
        do {
            try waiting.until("the end of all processes", seconds: seconds) {
                let server = daemon == nil ? nil : spawnServer()
                left = processes().filter { $0 != daemon?.processID && $0 != server }
                return left.isEmpty ? true : nil
            }
        } catch {
            throw HarnessError("still running: \(Processes.describe(left))")
        }
    }

    private func remove() {
        for daemon in daemons { daemon.kill() }
        // What is ended may have started something meanwhile.
        for _ in 0..<20 {
            let left = processes()
            if left.isEmpty { break }
            for process in left { kill(process, SIGKILL) }
        }
        if let runtimeFolder, runtimeFolder.contains("orchestrator-") { Files.removeTree(runtimeFolder) }
        Files.removeTree(folder)
    }
}
