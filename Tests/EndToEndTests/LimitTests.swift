import Glibc
import JSONText
import Testing

/// Limits, order, timeouts, cancel and clear in a daemon.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct LimitTests {
    @Test func maxActiveTasksAndPriority() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            let told = try installation.fifo("told")
            let tasks = (0..<5).map { number in
                #"{"task_id": "t\#(number)", "priority_weight": \#(number), "command": "echo t\#(number) > ../told; read x < ../gate"}"#
            }
            try installation.dag(
                "limit",
                #"{"dag_id": "limit", "max_active_tasks": 2, "tasks": [\#(tasks.joined(separator: ","))]}"#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("limit")
            var order = [try told.line(), try told.line()]
            #expect(Set(order) == ["t4", "t3"])
            let run = try daemon.run("limit", runID)
            #expect(run.states.values.filter { $0 == "running" || $0 == "queued" }.count == 2)
            let why = try installation.call("why", "limit", runID, "t0").output
            #expect(why.contains("2 of at most 2 tasks of its run are active (max_active_tasks)"), "\(why)")
            for _ in 0..<3 {
                gate.release()
                order.append(try told.line())
            }
            #expect(order[2...] == ["t2", "t1", "t0"])
            gate.release(2)
            #expect(try daemon.waitForRun("limit", runID).state == "success")
        }
    }

    @Test func aFullPoolMakesTasksWait() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            let told = try installation.fifo("told")
            let command =
                #""pool": "gpu", "command": "echo $ORCHESTRATOR_TASK_ID > ../told; read x < ../gate""#
            try installation.dag(
                "pool",
                #"{"dag_id": "pool", "tasks": [{"task_id": "a", "priority_weight": 5, \#(command)}, {"task_id": "b", \#(command)}]}"#
            )
            let daemon = try installation.start()
            let runID = try daemon.trigger("pool")
            try daemon.waitForTask("pool", runID, "a", "scheduled")
            #expect(
                try installation.call("why", "pool", runID, "a").output.contains("there is no pool `gpu`"))
            #expect(try installation.call("pools", "set", "gpu", "1").status == 0)
            #expect(try told.line() == "a")
            let why = try installation.call("why", "pool", runID, "b").output
            #expect(why.contains("pool `gpu` has 1 of 1 slots in use"), "\(why)")
            let row = try installation.call("pools", "get", "gpu", "--output", "json").json()
            #expect(row["slots"] == 1 && row["open_slots"] == 0)
            #expect(try installation.call("pools", "set", "gpu", "2").status == 0)
            #expect(try told.line() == "b")
            gate.release(2)
            #expect(try daemon.waitForRun("pool", runID).state == "success")
            #expect(try installation.call("pools", "delete", "default_pool", "--yes").status == 65)
        }
    }

    @Test func maxActiveRunsQueuesRuns() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            let told = try installation.fifo("told")
            try installation.dag(
                "one",
                #"""
                {"dag_id": "one", "max_active_runs": 1, "tasks": [{"task_id": "t", "command": "echo $ORCHESTRATOR_RUN_ID > ../told; read x < ../gate"}]}
                """#)
            let daemon = try installation.start()
            for name in ["r1", "r2"] { try daemon.trigger("one", ["run_id": .string(name)]) }
            #expect(try told.line() == "r1")
            #expect(try daemon.run("one", "r2").state == "queued")
            let why = try installation.call("why", "one", "r2", "t").output
            #expect(why.contains("1 of at most 1 runs of this DAG are running (max_active_runs)"), "\(why)")
            gate.release()
            #expect(try told.line() == "r2")
            gate.release()
            #expect(try daemon.waitForRun("one", "r2").state == "success")
        }
    }

    /// A task that ignores TERM, with children that left its session and its process group.
    private static let stubborn = #"""
        trap '' TERM; setsid sh -c 'trap \"\" TERM; sleep 1000' & (setsid sh -c 'trap \"\" TERM; (sleep 1000 & sleep 1000)' &) & echo up > ../told; while :; do sleep 1000; done
        """#

    @Test func cancelEndsTheWholeTree() throws {
        try Installation.with { installation in
            let told = try installation.fifo("told")
            try installation.dag(
                "tree",
                #"""
                {"dag_id": "tree", "tasks": [{"task_id": "t", "termination_grace": "100ms", "retries": 3, "command": "\#(Self.stubborn)"},
                 {"task_id": "after", "depends_on": ["t"], "command": "true"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("tree")
            #expect(try told.line() == "up")
            #expect(try installation.call("runs", "cancel", "tree", runID).status == 0)
            let run = try daemon.waitForRun("tree", runID)
            #expect(run.state == "cancelled")
            #expect(run.states == ["t": "cancelled", "after": "cancelled"])
            #expect(run.tries("t") == 1)
            try installation.waitForQuiet(except: daemon)
            #expect(try installation.call("runs", "cancel", "tree", runID).status == 65)
            #expect(try installation.call("why", "tree", runID, "t").output.contains("cancel"))
        }
    }

    @Test func executionTimeoutEndsTheAttemptAndIsRetried() throws {
        try Installation.with { installation in
            let told = try installation.fifo("told")
            try installation.dag(
                "slow",
                #"""
                {"dag_id": "slow", "tasks": [{"task_id": "t", "execution_timeout": "300ms", "termination_grace": "50ms", "retries": 1,
                 "retry_delay": 0, "command": "\#(Self.stubborn)"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("slow")
            let run = try daemon.waitForRun("slow", runID)
            #expect(run.state == "failed" && run.tries("t") == 2)
            #expect(try told.line() == "up")
            #expect(try installation.call("why", "slow", runID, "t").output.contains("execution_timeout"))
            #expect(try daemon.task("slow", runID, "t")["task_instance"]?["failure"] == "timeout")
            try installation.waitForQuiet(except: daemon)
        }
    }

    @Test func dagrunTimeoutEndsTheRun() throws {
        try Installation.with { installation in
            try installation.dag(
                "late",
                #"""
                {"dag_id": "late", "dagrun_timeout": "700ms", "tasks": [{"task_id": "done", "command": "true"},
                 {"task_id": "t", "depends_on": ["done"], "command": "sleep 1000", "termination_grace": "50ms"},
                 {"task_id": "after", "depends_on": ["t"], "command": "true"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("late")
            let run = try daemon.waitForRun("late", runID)
            #expect(run.state == "failed")
            #expect(run.states == ["done": "success", "t": "skipped", "after": "skipped"])
            #expect(
                try installation.call("runs", "show", "late", runID, "--output", "json").json()["reason"]?
                    .stringValue?.contains("dagrun_timeout") == true)
            try installation.waitForQuiet(except: daemon)
        }
    }

    @Test func clearRunsATaskAndItsDownstreamAgain() throws {
        try Installation.with { installation in
            let command = #""command": "echo $ORCHESTRATOR_TASK_ID $ORCHESTRATOR_TRY_NUMBER >> ../order""#
            try installation.dag(
                "again",
                #"""
                {"dag_id": "again", "tasks": [{"task_id": "a", \#(command)}, {"task_id": "b", "depends_on": ["a"], \#(command)},
                 {"task_id": "c", "depends_on": ["b"], \#(command)}, {"task_id": "side", "depends_on": ["a"], "command": "true"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("again")
            _ = try daemon.waitForRun("again", runID)
            let preview = try installation.call(
                "tasks", "clear", "again", runID, "b", "--dry-run", "--output", "json"
            ).json()
            #expect(preview.arrayValue?.compactMap { $0["task_id"]?.stringValue } == ["b", "c"])
            let cleared = try installation.call("tasks", "clear", "again", runID, "b", "--yes")
            #expect(cleared.status == 0, "\(cleared)")
            let run = try daemon.waitForRun("again", runID) { $0.isFinished && $0.tries("c") == 2 }
            #expect(run.state == "success")
            #expect(run.tries("a") == 1 && run.tries("b") == 2 && run.tries("side") == 1)
            #expect(Files.lines(installation.path("order")) == ["a 1", "b 1", "c 1", "b 2", "c 2"])
            #expect(try installation.call("logs", "again", runID, "b", "--try", "1").status == 0)
            let marked = try installation.call("tasks", "mark", "again", runID, "c", "failed", "--yes")
            #expect(marked.status == 0, "\(marked)")
            #expect(try daemon.waitForRun("again", runID) { $0.state == "failed" }.state("c") == "failed")
        }
    }

    @Test func logsCanBeFollowed() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            try installation.dag(
                "talk",
                #"""
                {"dag_id": "talk", "tasks": [{"task_id": "t", "command": "echo one; read x < ../gate; echo two"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("talk")
            try daemon.waitForTask("talk", runID, "t", "running")
            let (call, files) = try installation.begin(["logs", "talk", runID, "t", "--follow"])
            try installation.waiting.until("the first line") {
                Files.text(files + ".out") == "one\n" ? true : nil
            }
            #expect(call.isRunning)
            let why = try installation.call("why", "talk", runID, "t").output
            #expect(why.contains("is running since") && why.contains("try 1 of 1"), "\(why)")
            gate.release()
            #expect(try call.wait() == .exited(0))
            #expect(Files.text(files + ".out") == "one\ntwo\n")
        }
    }

    @Test func whyTellsTheMainSituations() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            try installation.dag(
                "why",
                #"""
                {"dag_id": "why", "tasks": [{"task_id": "held", "command": "read x < ../gate"},
                 {"task_id": "waits", "depends_on": ["held"], "command": "true"}, {"task_id": "fails", "command": "exit 3"},
                 {"task_id": "blocked", "depends_on": ["fails"], "command": "true"}, {"task_id": "skips", "command": "exit 99"},
                 {"task_id": "retries", "retries": 2, "retry_delay": "1h", "command": "exit 4"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("why")
            _ = try daemon.waitForRun("why", runID) { run in
                run.state("retries") == "up_for_retry" && run.state("blocked") == "upstream_failed"
                    && run.state("skips") == "skipped" && run.state("held") == "running"
            }
            let expected = [
                "waits": "waits for `held` (running), rule all_success", "fails": "failed with exit code 3",
                "blocked":
                    "did not run (upstream_failed) because its rule all_success cannot hold: `fails` is failed",
                "skips": "skipped itself (exit code 99)", "retries": "for try 2 of 3, after exit code 4",
            ]
            for (task, text) in expected {
                let why = try installation.call("why", "why", runID, task).output
                #expect(why.hasPrefix("`\(task)` ") && why.contains(text), "\(why)")
            }
            gate.release()
            try daemon.waitForTask("why", runID, "waits", "success")
            #expect(try installation.call("why", "why", runID, "waits").output == "`waits` succeeded.\n")
            #expect(try installation.call("runs", "cancel", "why", runID).status == 0)
        }
    }
}
