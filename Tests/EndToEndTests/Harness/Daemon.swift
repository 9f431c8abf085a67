import Glibc
import JSONText

/// A daemon of an installation.
final class Daemon {
    let installation: Installation
    private let process: ChildProcess
    private let ready: FIFO
    private let errors: String
    private(set) var url = ""

    /// Starts a daemon on a free port.
    init(_ installation: Installation, _ options: [String], environment: [String: String]) throws {
        self.installation = installation
        let number = installation.daemons.count
        errors = installation.path(".daemon-\(number).err")
        ready = try installation.fifo(".daemon-\(number).out")
        process = try ChildProcess(
            Programs.orchestrator, ["start", "--port", "0"] + options,
            environment: installation.surroundings(environment), folder: installation.folder,
            output: ready.path,
            errors: errors)
    }

    /// Waits for the `ready` line.
    ///
    /// - Returns: false when the daemon ended instead.
    func becomesReady() throws -> Bool {
        let line = try ready.line(seconds: 60, orEndOf: process)
        guard line.hasPrefix("ready http://") else { return false }
        url = String(line.dropFirst("ready ".count))
        return true
    }

    var processID: Int32 { process.processID }
    var isRunning: Bool { process.isRunning }
    var log: String { Files.text(errors) }
    var report: String { "daemon \(processID) \(process.ending.map { "\($0)" } ?? "runs"):\n\(log)" }
    private var api: SocketClient { installation.api }

    // MARK: Ending it

    func signal(_ number: Int32) { process.signal(number) }

    /// SIGKILL, as when the machine is shot.
    func kill() {
        process.signal(SIGCONT)
        process.signal(SIGKILL)
        _ = try? process.wait()
    }

    /// SIGTERM, and how it ended.
    func stop() throws -> ChildProcess.Ending {
        process.signal(SIGTERM)
        return try process.wait()
    }

    /// How it ended, if it did so in this time.
    func ends(withinMilliseconds limit: Int32) throws -> ChildProcess.Ending? {
        try process.wait(milliseconds: limit)
    }

    @discardableResult
    func waitForEnd(seconds: Int = 180) throws -> ChildProcess.Ending { try process.wait(seconds: seconds) }

    // MARK: Asking it

    func get(_ target: String) throws -> JSONValue {
        let answer = try api.send("GET", target)
        guard answer.status == 200 else {
            throw HarnessError("GET \(target): \(answer.status) \(answer.text)")
        }
        return answer.json
    }

    /// Asks for a run and returns its id; it is acknowledged when this returns.
    @discardableResult
    func trigger(_ dag: String, _ body: JSONValue = [:]) throws -> String {
        let answer = try api.send("POST", "/api/v1/dags/\(dag)/runs", body)
        guard (200..<300).contains(answer.status), let run = answer.json["run_id"]?.stringValue else {
            throw HarnessError("trigger \(dag): \(answer.status) \(answer.text)")
        }
        return run
    }

    func run(_ dag: String, _ run: String) throws -> RunView {
        RunView(json: try get("/api/v1/dags/\(dag)/runs/\(Self.escaped(run))"))
    }

    func runs(_ dag: String) throws -> [RunView] {
        let answer = try get("/api/v1/runs?dag_id=\(dag)&limit=1000")
        let rows = answer["items"]?.arrayValue ?? []
        return rows.map { RunView(json: $0) }
    }

    /// A task instance with its tries, outputs and artifacts.
    func task(_ dag: String, _ run: String, _ task: String) throws -> JSONValue {
        try get("/api/v1/dags/\(dag)/runs/\(Self.escaped(run))/tasks/\(task)")
    }

    func waitForRun(
        _ dag: String, _ runID: String, seconds: Int = 180, _ isEnough: (RunView) -> Bool = { $0.isFinished }
    ) throws -> RunView {
        var last: RunView?
        do {
            return try installation.waiting.until("run \(runID)", seconds: seconds) {
                let view = try run(dag, runID)
                last = view
                return isEnough(view) ? view : nil
            }
        } catch {
            throw HarnessError("\(error); it is \(last.map { $0.json.text() } ?? "unknown")")
        }
    }

    func waitForTask(_ dag: String, _ runID: String, _ task: String, _ state: String) throws {
        _ = try waitForRun(dag, runID) { $0.state(task) == state }
    }

    /// A run id in a path: everything but unreserved characters as bytes.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Character(UnicodeScalar(byte))
            return scalar.isASCII && (scalar.isLetter || scalar.isNumber || "-._~".contains(scalar))
                ? String(scalar) : "%" + String(0x100 + Int(byte), radix: 16, uppercase: true).suffix(2)
        }.joined()
    }
}
