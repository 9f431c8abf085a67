import Glibc
import JSONText
import Testing

/// A DAG of many short tasks whose exit codes are known beforehand and which write down every time they start, and the
/// check that the daemon's record and what really happened agree.
struct Crowd {
    let installation: Installation
    let width: Int

    static let name = "crowd"

    /// What task `number` exits with, at every try.
    static func exitCode(_ number: Int) -> Int32 {
        [0, 0, 1, 0, 42, 0, 0, 255, 0, 126][number % 10]
    }

    /// Tries that task `number` makes in all.
    static func tries(_ number: Int) -> Int { exitCode(number) != 0 && number.isMultiple(of: 2) ? 2 : 1 }

    private var starts: String { installation.path("starts") }

    /// Three layers; every task starts whatever became of the layer above.
    init(_ installation: Installation, width: Int) throws {
        self.installation = installation
        self.width = width
        let tasks = (0..<width).map { number in
            let upstream =
                number < width / 3
                ? "" : #""depends_on": ["t\#(number - width / 3)"], "trigger_rule": "all_done", "#
            return
                #"{"task_id": "t\#(number)", \#(upstream)"retries": \#(Self.tries(number) - 1), "retry_delay": 0, "#
                + #""command": ["sh", "task.sh", "\#(Self.exitCode(number))"]}"#
        }
        // One short line in append mode is written at once, whoever else writes.
        let script = #"""
            echo "$ORCHESTRATOR_RUN_ID $ORCHESTRATOR_TASK_ID $ORCHESTRATOR_TRY_NUMBER $ORCHESTRATOR_ATTEMPT_ID" >> ../starts
            case $ORCHESTRATOR_TASK_ID in *3) sleep 0.05;; *7) sleep 0.2;; esac
            exit $1
            """#
        try Files.write(script, to: installation.dags + "/task.sh")
        try Files.write("", to: starts)
        try installation.dag(
            Self.name,
            #"{"dag_id": "crowd", "max_active_tasks": 16, "tasks": [\#(tasks.joined(separator: ","))]}"#)
    }

    /// Waits for the runs to end and compares: nothing acknowledged is missing, every exit code is the real one, every
    /// try started exactly once, nothing is left running, and the database is sound.
    func verify(_ daemon: Daemon, acknowledged: [String], seconds: Int = 120) throws {
        for run in acknowledged {
            try verifyCodes(of: try daemon.waitForRun(Self.name, run, seconds: seconds))
        }
        // A run may exist whose request was never answered; it must be whole too.
        for view in try daemon.runs(Self.name) {
            try verifyCodes(of: try daemon.waitForRun(Self.name, view.runID, seconds: seconds))
        }
        try compareStarts(with: try daemon.runs(Self.name).map(\.runID))
        try verifyEnd(daemon)
    }

    /// The same for a daemon whose files and processes failed it: a try may then have failed without having started,
    /// and says so; what started did so once, and its exit code is the real one.
    func verifyLoosely(_ daemon: Daemon, acknowledged: [String], seconds: Int = 120) throws {
        for run in acknowledged { _ = try daemon.waitForRun(Self.name, run, seconds: seconds) }
        // A run whose request failed may be there all the same: its commit did not come back, but it happened.
        let runs = try daemon.runs(Self.name).map(\.runID)
        for run in runs { _ = try daemon.waitForRun(Self.name, run, seconds: seconds) }
        let started = try startedTries()
        for run in runs {
            for number in 0..<width {
                let tries = try daemon.task(Self.name, run, "t\(number)")["tries"]?.arrayValue ?? []
                #expect(
                    (1...Self.tries(number)).contains(tries.count),
                    "\(run) t\(number): \(tries.map { $0.text() })")
                for attempt in tries {
                    let name = "\(run) t\(number) \(attempt["try_number"]?.intValue ?? 0)"
                    if attempt["failure"] == "infrastructure" { continue }
                    #expect(started.contains(name), "never started: \(name) \(attempt.text())")
                    #expect(
                        attempt["exit_code"]?.intValue == Int64(Self.exitCode(number)),
                        "\(name) \(attempt.text())")
                }
            }
        }
        try verifyEnd(daemon)
    }

    private func verifyCodes(of view: RunView) throws {
        #expect(view.instances.count == width)
        for number in 0..<width {
            let instance = try #require(view.instance("t\(number)"))
            let code = Self.exitCode(number)
            let place = "\(view.runID) \(instance.text())"
            #expect(instance["state"]?.stringValue == (code == 0 ? "success" : "failed"), "\(place)")
            #expect(instance["exit_code"]?.intValue == Int64(code), "\(place)")
            #expect(instance["try_number"]?.intValue == Int64(Self.tries(number)), "\(place)")
        }
    }

    private func verifyEnd(_ daemon: Daemon) throws {
        try installation.waitForQuiet(except: daemon)
        #expect(try daemon.stop() == .exited(0))
        let check = try installation.call("db", "check")
        #expect(check.status == 0, "\(check)")
    }

    /// "RUN TASK TRY" of everything that started.
    ///
    /// - Throws: when an attempt started twice.
    private func startedTries() throws -> Set<String> {
        var attempts: Set<String> = []
        var tries: Set<String> = []
        for line in Files.lines(starts) {
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 4, "\(line)")
            #expect(attempts.insert(words[3]).inserted, "started twice: \(line)")
            #expect(
                tries.insert(words[0...2].joined(separator: " ")).inserted, "two attempts of one try: \(line)"
            )
        }
        return tries
    }

    private func compareStarts(with runs: [String]) throws {
        let started = try startedTries()
        let expected = Set(
            runs.flatMap { run in
                (0..<width).flatMap { number in (1...Self.tries(number)).map { "\(run) t\(number) \($0)" } }
            })
        #expect(
            expected.subtracting(started).isEmpty, "never started: \(expected.subtracting(started).sorted())")
        #expect(
            started.subtracting(expected).isEmpty,
            "should not have: \(started.subtracting(expected).sorted())")
    }
}
