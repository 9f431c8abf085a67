import Glibc
import JSONText
import Testing

/// `retention.days` and `retention.runs`: a real daemon lets old runs go by itself, and only those that nothing needs.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct AutomaticRetentionTests {
    private static let dag = """
        {"dag_id": "h", "params": {"n": 0}, "max_active_runs": 4, "tasks": [
         {"task_id": "a", "command": "echo $ORCHESTRATOR_PARAM_N > $ORCHESTRATOR_ARTIFACTS/n; test $ORCHESTRATOR_PARAM_N != 9",
          "artifacts": ["n"]}]}
        """

    private func configure(_ installation: Installation, _ members: String) throws {
        try Files.makeFolder(installation.home)
        try Files.write(
            "{\(members), \"retention.interval\": 1}", to: installation.home + "/config.json")
    }

    private func run(_ installation: Installation, _ dag: String, _ run: String, _ number: Int) throws {
        let call = try installation.call("run", dag, "--param", "n=\(number)", "--run-id", run)
        #expect(call.status == (number == 9 ? 1 : 0), "\(call.errors)")
    }

    private func kept(_ daemon: Daemon, _ dag: String) throws -> Set<String> {
        Set(try daemon.runs(dag).map(\.runID))
    }

    /// Waits until the daemon has looked so many times that nothing more can follow from what was there before.
    private func looked(_ daemon: Daemon) throws -> JSONValue {
        let first = try daemon.installation.waiting.until("a look for old runs") {
            try daemon.get("/api/v1/status")["retention"]?["last_look"]?.stringValue
        }
        return try daemon.installation.waiting.until("another look") {
            let retention = try daemon.get("/api/v1/status")["retention"]
            return retention?["last_look"]?.stringValue == first ? nil : retention
        }
    }

    private func hash(_ installation: Installation, _ dag: String, _ run: String) throws -> String {
        let rows = try installation.call("artifacts", "list", dag, run, "--output", "json").json()
        return try #require(rows.arrayValue?.first?["sha256"]?.stringValue)
    }

    @Test func theNewestRunsAndWhatIsNeededStay() throws {
        try Installation.with { installation in
            try configure(installation, #""retention.runs": 2"#)
            try installation.dag("h", Self.dag)
            for number in 1...5 { try run(installation, "h", "r\(number)", number) }
            #expect(try installation.call("runs", "pin", "h", "r2").status == 0)
            let (gone, pinned) = (
                try hash(installation, "h", "r1"), try hash(installation, "h", "r2")
            )
            try installation.dag(
                "train",
                """
                {"dag_id": "train", "tasks": [{"task_id": "t", "type": "train", "model": "m", "artifacts": ["f"],
                 "command": "test $ORCHESTRATOR_RUN_ID != v1 || echo x > $ORCHESTRATOR_ARTIFACTS/f; test -s $ORCHESTRATOR_ARTIFACTS/f"}]}
                """)
            #expect(try installation.call("run", "train", "--run-id", "v1").status == 0)
            for run in ["v2", "v3", "v4"] {
                #expect(try installation.call("run", "train", "--run-id", run).status == 1)
            }
            let model = try hash(installation, "train", "v1")
            // Nobody but a daemon removes anything.
            #expect(try installation.call("runs", "show", "h", "r1").status == 0)

            let daemon = try installation.start()
            _ = try looked(daemon)
            #expect(try kept(daemon, "h") == ["r2", "r4", "r5"])
            // v1 made a version; v2 failed and is old.
            #expect(try kept(daemon, "train") == ["v1", "v3", "v4"])
            #expect(try installation.call("artifacts", "get", "--sha256", gone).status == 66)
            for hash in [pinned, model] {
                #expect(try installation.call("artifacts", "get", "--sha256", hash).status == 0)
            }
            #expect(
                !Files.exists(installation.home + "/runs/1") && Files.exists(installation.home + "/runs/2"))
            let doctor = try installation.call("doctor", "--output", "json").output
            #expect(doctor.contains("runs go that are beyond the newest 2 of their DAG; last looked at "))
            let status = try installation.call("status").output
            #expect(status.contains("beyond the newest 2 of their DAG"), "\(status)")
            #expect(try daemon.stop() == .exited(0))
            #expect(try installation.call("db", "check").status == 0)
        }
    }

    /// What waits: a consumer of an update, a parent, and a task that is tried again.
    @Test func whatIsWaitedForStays() throws {
        try Installation.with { installation in
            try configure(installation, #""retention.runs": 1"#)
            try installation.dag(
                "maker",
                """
                {"dag_id": "maker", "tasks": [{"task_id": "m", "command": "true", "outlets": ["s3://x"]}]}
                """)
            try installation.dag(
                "both",
                """
                {"dag_id": "both", "schedule": {"assets": {"all": ["s3://x", "s3://never"]}},
                 "tasks": [{"task_id": "t", "command": "true"}]}
                """)
            try installation.dag(
                "again",
                """
                {"dag_id": "again", "max_active_runs": 9, "tasks": [{"task_id": "t", "command": "test $ORCHESTRATOR_RUN_ID != r1",
                 "retries": 1, "retry_delay": "1h"}]}
                """)
            let daemon = try installation.start()
            try daemon.waitForTask(
                "again", try daemon.trigger("again", ["run_id": "r1"]), "t", "up_for_retry")
            for dag in ["maker", "again"] {
                for run in ["r2", "r3", "r4"] {
                    let id = try daemon.trigger(dag, ["run_id": .string(run)])
                    #expect(try daemon.waitForRun(dag, id).state == "success")
                }
            }
            _ = try looked(daemon)
            _ = try looked(daemon)
            #expect(try kept(daemon, "again") == ["r1", "r4"])
            #expect(try kept(daemon, "maker") == ["r2", "r3", "r4"])
        }
    }

    @Test func whatIsOldGoesButForTheLastSuccess() throws {
        try Installation.with { installation in
            try configure(installation, #""retention.days": 30"#)
            try installation.dag("h", Self.dag)
            for (run, number) in [("r1", 1), ("r2", 2), ("r3", 9), ("r4", 9)] {
                try self.run(installation, "h", run, number)
            }
            try run(installation, "h", "young", 9)
            let month: Int64 = 31 * 86_400 * 1_000_000
            // The folder of a run whose row went just before a crash, and one that nobody knows.
            try SQLiteTool.execute(
                """
                PRAGMA foreign_keys = ON; UPDATE dag_run SET end_date = end_date - \(month) WHERE run_id <> 'young';
                DELETE FROM dag_run WHERE run_id = 'r3';
                """, in: installation.home + "/orchestrator.db")
            try Files.makeFolder(installation.home + "/runs/77")
            #expect(Files.exists(installation.home + "/runs/3"))
            let daemon = try installation.start()
            _ = try looked(daemon)
            #expect(try kept(daemon, "h") == ["r2", "young"])
            #expect(
                !Files.exists(installation.home + "/runs/1") && !Files.exists(installation.home + "/runs/3"))
            #expect(Files.exists(installation.home + "/runs/77"))
        }
    }
}
