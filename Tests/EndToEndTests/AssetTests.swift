import Glibc
import JSONText
import Testing

/// Data-aware scheduling with a real daemon: producers and consumers, kills in between, watched files.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct AssetTests {
    private static let producer = """
        {"dag_id": "producer", "tasks": [{"task_id": "make", "outlets": ["s3://a"],
         "command": "read line < make.fifo; echo '{\\"asset\\": \\"s3://a\\", \\"extra\\": {\\"rows\\": 7}}' >> $ORCHESTRATOR_OUTLETS"}]}
        """
    private static let consumer = """
        {"dag_id": "consumer", "schedule": {"assets": ["s3://a", "s3://b"]}, "tasks": [
          {"task_id": "use", "command": "cat $ORCHESTRATOR_ASSET_EVENTS"},
          {"task_id": "shown", "command": ["echo", "{{ triggering_asset_events }}"]}]}
        """

    private func runs(_ daemon: Daemon, count: Int, of dag: String = "consumer") throws -> [RunView] {
        try daemon.installation.waiting.until("\(count) runs of \(dag)") {
            let runs = try daemon.runs(dag)
            return runs.count >= count && runs.allSatisfy(\.isFinished) ? runs : nil
        }
    }

    private func events(_ installation: Installation, _ uri: String) throws -> [JSONValue] {
        try installation.call("assets", "events", uri, "--output", "json").json().arrayValue ?? []
    }

    /// What waits outlives a kill; the producer's end is found after one; each event starts one run.
    @Test func eventsOutliveKills() throws {
        try Installation.with { installation in
            try installation.dag("producer", Self.producer)
            try installation.dag("consumer", Self.consumer)
            let gate = try installation.fifo("dags/make.fifo")
            let first = try installation.start()
            #expect(try installation.call("assets", "emit", "s3://b", "--extra", #"{"n": 1}"#).status == 0)
            let run = try first.trigger("producer")
            try first.waitForTask("producer", run, "make", "running")
            first.kill()
            // The task ends while nobody is there.
            gate.release()
            let second = try installation.start()
            let started = try #require(try runs(second, count: 1).first)
            #expect(started.state == "success" && started.runID.hasPrefix("asset_triggered__"))
            #expect(started.json["triggered_by"] == "asset" && started.json["run_type"] == "asset_triggered")
            second.kill()
            let third = try installation.start()
            #expect(try third.runs("consumer").count == 1)
            let update = try #require(try events(installation, "s3://a").first)
            #expect(update["extra"] == ["rows": 7] && update["source_run_id"] == .string(run))
            #expect(update["created_dagruns"]?[0]?["run_id"] == .string(started.runID))
            let log = try installation.call("logs", "consumer", started.runID, "use").output
            let seen = try JSONValue.parse(log)
            #expect(seen["s3://a"]?[0]?["extra"] == ["rows": 7])
            #expect(seen["s3://a"]?[0]?["source_task_id"] == "make")
            #expect(seen["s3://b"]?[0]?["extra"] == ["n": 1] && seen["s3://b"]?[0]?["source"] == "cli")
            let shown = try installation.call("logs", "consumer", started.runID, "shown").output
            #expect(try JSONValue.parse(shown) == seen)
            let why = try installation.call("why", "consumer").output
            #expect(why == "consumer waits for s3://a and s3://b\n")
        }
    }

    /// A task says while it runs what it has updated; a foreground run records that, and who waits for it starts with
    /// the next daemon.
    @Test func aForegroundRunLosesNoUpdate() throws {
        try Installation.with { installation in
            try installation.dag(
                "maker",
                """
                {"dag_id": "maker", "params": {"x": "n"}, "tasks": [{"task_id": "make", "outlets": [{"alias": "told"},
                  {"uri": "s3://{{ params.x }}/sums", "name": "sums"}],
                  "command": "printf '%s' '{\\"alias\\": \\"told\\", \\"asset\\": \\"s3://new\\", \\"extra\\": {\\"n\\": 1}}' >> $ORCHESTRATOR_OUTLETS"}]}
                """)
            try installation.dag(
                "taker",
                """
                {"dag_id": "taker", "schedule": {"assets": {"alias": "told"}},
                 "tasks": [{"task_id": "use", "command": "cat $ORCHESTRATOR_ASSET_EVENTS"}]}
                """)
            let why = { try installation.call("why", "taker").output }
            #expect(try why() == "taker waits for alias told; no task has updated anything under told yet\n")
            #expect(try installation.call("run", "maker").status == 0)
            #expect(try installation.call("runs", "list", "taker", "--output", "json").json() == [])
            let daemon = try installation.start()
            let run = try #require(try runs(daemon, count: 1, of: "taker").first)
            #expect(try installation.call("logs", "taker", run.runID, "use").output.contains(#""n":1"#))
            #expect(try events(installation, "s3://n/sums")[0]["name"] == "sums")
            let rendered = try installation.call("tasks", "render", "maker", "latest", "make").output
            #expect(rendered.contains("s3://n/sums"))
            // From now on the asset belongs to the alias, whoever updates it.
            #expect(try installation.call("assets", "emit", "s3://new").status == 0)
            #expect(try runs(daemon, count: 2, of: "taker").count == 2)
            let aliases = try installation.call("assets", "aliases", "--output", "json").json()
            #expect(aliases[0]?["name"] == "told" && aliases[0]?["assets"] == ["s3://new"])
        }
    }

    /// What was filled in when the attempt began counts, also when the daemon is killed meanwhile.
    @Test func aFilledInOutletOutlivesAKill() throws {
        try Installation.with { installation in
            try installation.dag(
                "maker",
                """
                {"dag_id": "maker", "params": {"x": "a"}, "tasks": [{"task_id": "make",
                  "outlets": ["s3://{{ params.x }}"], "command": "read line < make.fifo"}]}
                """)
            let gate = try installation.fifo("dags/make.fifo")
            let first = try installation.start()
            let run = try first.trigger("maker")
            try first.waitForTask("maker", run, "make", "running")
            first.kill()
            gate.release()
            let second = try installation.start()
            #expect(try second.waitForRun("maker", run).state == "success")
            #expect(try events(installation, "s3://a").count == 1)
            for (value, problem) in [("", "`s3:// ` in"), ("\u{e4}", "is not a URI")] {
                let bad = try installation.call("trigger", "maker", "--param", "x=\(value) ", "--wait")
                #expect(bad.status == 1)
                let why = try installation.call("why", "maker", "latest", "make").output
                #expect(why.contains(problem), "\(why)")
            }
        }
    }

    @Test func peopleMakeAndRemoveAssets() throws {
        try Installation.with { installation in
            try installation.dag(
                "consumer",
                #"{"dag_id": "consumer", "schedule": {"assets": [{"uri": "s3://a", "name": "a"}, "s3://b"]}, "tasks": [{"task_id": "t", "command": "true"}]}"#
            )
            let daemon = try installation.start()
            let set = try installation.call(
                "assets", "set", "s3://mine", "--name", "mine", "--extra", #"{"owner": "x"}"#)
            #expect(set.status == 0)
            #expect(try installation.call("assets", "set", "s3://mine", "--group", "g").status == 0)
            let shown = try installation.call("assets", "get", "s3://mine", "--output", "json").json()
            #expect(shown["name"] == "mine" && shown["group"] == "g" && shown["extra"] == ["owner": "x"])
            #expect(try installation.call("assets", "emit", "s3://mine").status == 0)
            #expect(try installation.call("assets", "set", "s3://b", "--name", "b").status == 0)
            for (arguments, status, text) in [
                (["set", "s3://a", "--name", "z"], 65, "the file of DAG `consumer` says what the asset"),
                (["delete", "s3://a", "--yes"], 65, "would come back: the file of DAG `consumer` names it"),
                (["delete", "s3://none", "--yes"], 66, "there is no asset"),
                (["set", " x"], 65, "printable ASCII"), (["set", "x", "--extra", "[1]"], 65, "object"),
            ] {
                let refused = try installation.call(["assets"] + arguments)
                #expect(refused.status == Int32(status) && refused.errors.contains(text), "\(refused)")
            }
            let file = installation.path("assets.json")
            #expect(try installation.call("assets", "export", file).status == 0)
            #expect(try installation.call("assets", "delete", "s3://mine", "--yes").status == 0)
            #expect(try installation.call("assets", "get", "s3://mine").status == 66)
            #expect(try installation.call("assets", "import", file).status == 0)
            let again = try installation.call("assets", "get", "s3://mine", "--output", "json").json()
            #expect(again["extra"] == ["owner": "x"] && again["last_asset_event"] == .null)
            try Files.write(#"{"s3://x": {"nam": "y"}}"#, to: file)
            #expect(try installation.call("assets", "import", file).status == 65)
            #expect(try installation.call("assets", "get", "s3://x").status == 66)
            #expect(try installation.call("db", "prune", "--older-than", "0s").status == 0)
            #expect(try installation.call("db", "prune", "--older-than", "soon").status == 64)
            _ = daemon
        }
    }

    @Test func theCommandLineTellsWhatWaits() throws {
        try Installation.with { installation in
            try installation.dag("consumer", Self.consumer)
            let daemon = try installation.start()
            #expect(try installation.call("assets", "emit", "s3://nothing").status == 66)
            #expect(try installation.call("assets", "emit", "s3://a", "--extra", "[1]").status == 65)
            for _ in 0..<2 { #expect(try installation.call("assets", "emit", "s3://a").status == 0) }
            let queued = try installation.call("assets", "queued", "consumer", "--output", "json").json()
            #expect(queued.arrayValue?.count == 1 && queued[0]?["events"] == 2)
            let why = try installation.call("why", "consumer").output
            #expect(why.hasPrefix("consumer waits for s3://b; had s3://a at "))
            #expect(why.hasSuffix("(2 events)\n"))
            let shown = try installation.call("dags", "show", "consumer").output
            #expect(shown.contains("assets: s3://a and s3://b"))
            #expect(try installation.call("dags", "pause", "consumer").status == 0)
            #expect(try installation.call("assets", "emit", "s3://b").status == 0)
            #expect(try installation.call("dags", "unpause", "consumer").status == 0)
            #expect(try daemon.runs("consumer").isEmpty, "what came during the pause does not count")
            #expect(try installation.call("assets", "emit", "s3://b").status == 0)
            #expect(try runs(daemon, count: 1).count == 1)
            let list = try installation.call("assets", "list", "--output", "json").json()
            #expect(list.arrayValue?.map { $0["uri"]?.stringValue } == ["s3://a", "s3://b"])
            #expect(list[0]?["scheduled_dags"]?[0]?["dag_id"] == "consumer")
            #expect(try installation.call("assets", "emit", "s3://a").status == 0)
            #expect(try installation.call("assets", "drop", "consumer", "--yes").status == 0)
            #expect(
                try installation.call("assets", "queued", "consumer", "--output", "json").json() == [])
        }
    }

    /// What is wrong in the file of outlets is the task's fault, and updates nothing.
    @Test(arguments: [#"{"asset": "s3://z"}"#, "rows=7", #"{"asset": "s3://a", "extra": 1}"#])
    func aWrongLineFailsTheTask(_ line: String) throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "producer",
                """
                {"dag_id": "producer", "params": {"line": ""}, "tasks": [{"task_id": "make", "outlets": ["s3://a"],
                 "command": "echo \\"$ORCHESTRATOR_PARAM_LINE\\" >> $ORCHESTRATOR_OUTLETS"}]}
                """)
            #expect(try installation.call("run", file, "--param", "line=\(line)").status == 1)
            let why = try installation.call("why", "producer", "latest", "make").output
            #expect(why.contains("line 1 of the outlets file"))
            #expect(try events(installation, "s3://a").isEmpty)
        }
    }

    /// A file that arrives updates its asset once: over restarts, and while the daemon was down.
    @Test func filesUpdateAnAssetOnce() throws {
        try Installation.with { installation in
            try Files.makeFolder(installation.path("dags/in"))
            try Files.write("old", to: installation.path("dags/in/old.csv"))
            try installation.dag(
                "consumer",
                """
                {"dag_id": "consumer", "schedule": {"assets": {"uri": "file:///in", "watch": {
                   "path": "in/*.csv", "settle": "100ms", "poke_interval": "1s"}}},
                 "tasks": [{"task_id": "use", "command": "true"}]}
                """)
            let first = try installation.start()
            let shown = try installation.call("assets", "show", "file:///in", "--output", "json").json()
            #expect(shown["watchers"]?[0]?["name"]?.stringValue?.hasSuffix("in/*.csv") == true)
            try Files.write("one", to: installation.path("dags/in/.new"))
            try installation.rename("dags/in/.new", to: "dags/in/one.csv")
            #expect(try runs(first, count: 1).count == 1)
            try Files.write("not ours", to: installation.path("dags/in/other.txt"))
            first.kill()
            try Files.write("two", to: installation.path("dags/in/two.csv"))
            let second = try installation.start()
            #expect(try runs(second, count: 2).count == 2)
            try Files.write("one, longer", to: installation.path("dags/in/one.csv"))
            #expect(try runs(second, count: 3).count == 3)
            let names = try events(installation, "file:///in").map { event in
                String((event["extra"]?["path"]?.stringValue ?? "").split(separator: "/").last ?? "")
            }
            #expect(names == ["one.csv", "two.csv", "one.csv"])
        }
    }
}

extension Installation {
    fileprivate func rename(_ old: String, to new: String) throws {
        guard Glibc.rename(path(old), path(new)) == 0 else { throw HarnessError("cannot rename \(old)") }
    }
}
