import Glibc
import JSONText
import Testing

/// Signals to the daemon, to supervisors and to tasks.
@FaultLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ProcessFaultTests {
    private static func held(_ extra: String = "") -> String {
        #"{"dag_id": "held", "tasks": [{"task_id": "t", \#(extra)"command": "echo $$ $PPID > ../told; read x < ../gate; exit 7"}]}"#
    }

    /// The task's process and its supervisor, as the task tells them.
    private func processes(_ told: FIFO) throws -> (task: Int32, supervisor: Int32) {
        let numbers = try told.line().split(separator: " ").compactMap { Int32($0) }
        guard numbers.count == 2 else { throw HarnessError("the task told \(numbers)") }
        return (numbers[0], numbers[1])
    }

    @Test func termLeavesTasksRunningAndTheNextDaemonFindsThem() throws {
        try Installation.with { installation in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            try installation.dag(
                "held", Self.held(#""retries": 3, "retry_delay": 0, "retry_on_exit_codes": [1], "#))
            let daemon = try installation.start()
            let runs = try (0..<3).map { _ in try daemon.trigger("held") }
            let tasks = try runs.map { _ in try processes(told) }
            #expect(try daemon.stop() == .exited(0))
            for task in tasks { #expect(Processes.isAlive(task.task) && Processes.isAlive(task.supervisor)) }
            // One ends while nobody looks.
            gate.release()
            try installation.waiting.until("the end of a task") {
                tasks.contains { !Processes.isAlive($0.supervisor) } ? true : nil
            }
            let second = try installation.start()
            let offline = try installation.waiting.until("its end") {
                try runs.map { try second.run("held", $0) }.filter(\.isFinished).first
            }
            #expect(offline.state == "failed")
            gate.release(2)
            for run in runs {
                let view = try second.waitForRun("held", run)
                #expect(view.tries("t") == 1 && view.instance("t")?["exit_code"] == 7, "\(view.json.text())")
            }
            try installation.waitForQuiet(except: second)
        }
    }

    @Test func aKilledSupervisorIsALossThatIsRetried() throws {
        try Installation.with { installation in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            try installation.dag("held", Self.held(#""retries": 1, "retry_delay": 0, "#))
            let daemon = try installation.start()
            let runID = try daemon.trigger("held")
            let first = try processes(told)
            kill(first.supervisor, SIGKILL)
            let second = try processes(told)
            #expect(!Processes.isAlive(first.task))
            gate.release()
            let run = try daemon.waitForRun("held", runID)
            #expect(run.tries("t") == 2 && run.instance("t")?["exit_code"] == 7)
            #expect(second.supervisor != first.supervisor)
            let tries = try daemon.task("held", runID, "t")["tries"]
            #expect(tries?[0]?["failure"] == "infrastructure", "\(tries?.text() ?? "")")
            #expect(tries?[0]?["reason"]?.stringValue?.contains("supervisor was killed") == true)
        }
    }

    @Test func aSupervisorKilledWithTheDaemonIsALossToo() throws {
        try Installation.with { installation in
            let told = try installation.fifo("told")
            _ = try installation.fifo("gate")
            try installation.dag("held", Self.held())
            let daemon = try installation.start()
            let runID = try daemon.trigger("held")
            let task = try processes(told)
            daemon.kill()
            kill(task.supervisor, SIGKILL)
            let second = try installation.start()
            let run = try second.waitForRun("held", runID)
            #expect(run.state == "failed" && run.tries("t") == 1)
            #expect(try installation.call("why", "held", runID, "t").output.contains("lost"))
            try installation.waitForQuiet(except: second)
        }
    }

    @Test func aStoppedDaemonMissesNothing() throws {
        try Installation.with { installation in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            try installation.dag("held", Self.held(#""execution_timeout": "1h", "#))
            try installation.dag(
                "tick",
                #"{"dag_id": "tick", "schedule": {"every": 0.2}, "tasks": [{"task_id": "t", "command": "true"}]}"#
            )
            let daemon = try installation.start()
            let runID = try daemon.trigger("held")
            let task = try processes(told)
            daemon.signal(SIGSTOP)
            gate.release()
            try installation.waiting.until("the end of the task") {
                Processes.isAlive(task.supervisor) ? nil : true
            }
            daemon.signal(SIGCONT)
            let run = try daemon.waitForRun("held", runID)
            #expect(run.tries("t") == 1 && run.instance("t")?["exit_code"] == 7)
            let count = try daemon.runs("tick").count
            try installation.waiting.until("more ticks") {
                try daemon.runs("tick").count > count ? true : nil
            }
        }
    }

    @Test func aStoppedSupervisorCannotKeepARunFromBeingCancelled() throws {
        try Installation.with { installation in
            let told = try installation.fifo("told")
            _ = try installation.fifo("gate")
            try installation.dag("held", Self.held(#""termination_grace": "100ms", "#))
            let daemon = try installation.start()
            let runID = try daemon.trigger("held")
            let task = try processes(told)
            kill(task.supervisor, SIGSTOP)
            try daemon.waitForTask("held", runID, "t", "running")
            #expect(try installation.call("runs", "cancel", "held", runID).status == 0)
            #expect(try daemon.waitForRun("held", runID).state == "cancelled")
            try installation.waitForQuiet(except: daemon)
        }
    }

    @Test func leftoversAreEndedAndAnOpenPipeDelaysNothing() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "left",
                #"""
                {"dag_id": "left", "tasks": [{"task_id": "background", "command": "sleep 1000 & exit 3"},
                 {"task_id": "daemonised", "command": "(setsid sh -c 'sleep 1000 & sleep 1000' > /dev/null 2>&1 &) ; exit 4"}]}
                """#)
            let (_, run) = try installation.run(file)
            #expect(run.states == ["background": "failed", "daemonised": "failed"])
            let shown = RunView(
                json: try installation.call("runs", "show", "left", "latest", "--output", "json").json())
            #expect(
                shown.instance("background")?["exit_code"] == 3
                    && shown.instance("daemonised")?["exit_code"] == 4)
            try installation.waitForQuiet()
        }
    }

    /// A foreground run that is shot: its task goes on, and the next one to take the home finishes the run.
    @Test func aKilledForegroundRunIsFinishedByTheNextDaemon() throws {
        try Installation.with { installation in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            let file = try installation.dag("held", Self.held())
            let (call, _) = try installation.begin(["run", file, "--run-id", "shot"])
            let task = try processes(told)
            call.signal(SIGKILL)
            try call.wait()
            #expect(Processes.isAlive(task.task))
            let daemon = try installation.start()
            gate.release()
            let run = try daemon.waitForRun("held", "shot")
            #expect(run.tries("t") == 1 && run.instance("t")?["exit_code"] == 7)
        }
    }

    @Test func anInterruptedForegroundRunIsCancelled() throws {
        try Installation.with { installation in
            let told = try installation.fifo("told")
            _ = try installation.fifo("gate")
            let file = try installation.dag("held", Self.held(#""termination_grace": "100ms", "#))
            let (call, _) = try installation.begin(["run", file])
            _ = try processes(told)
            call.signal(SIGINT)
            #expect(try call.wait() == .exited(1))
            try installation.waitForQuiet()
            #expect(
                try installation.call("runs", "list", "--output", "json").json()[0]?["state"] == "cancelled")
        }
    }
}
