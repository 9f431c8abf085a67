import Foundation
import Glibc
import JSONText
import Testing

/// Tasks that are served from earlier successes, as a person meets them.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct CacheTests {
    /// A table, and a training that leaves all that a task can leave. Each run of a program adds a line to a file.
    private static let text = #"""
        {"dag_id": "c", "params": {"alpha": 1, "reader": "x"}, "env": {"MODE": "fast"}, "tasks": [
          {"task_id": "extract", "command": "cat table.csv > $ORCHESTRATOR_ARTIFACTS/t.csv; cat rows >> $ORCHESTRATOR_OUTPUT",
           "outputs": ["rows"], "artifacts": ["t.csv"]},
          {"task_id": "train", "depends_on": ["extract"], "command": ["sh", "train.sh", "{{ params.alpha }}"],
           "cache": {"files": ["lib/**/*.py"], "env": ["TZ"], "ignore_params": ["reader"]}, "outputs": ["model"],
           "artifacts": ["model.bin"], "gate": [{"metric": "auc", "min": 0.5}]},
          {"task_id": "use", "depends_on": ["train"], "command": "cat $ORCHESTRATOR_INPUTS"}]}
        """#

    private func prepare(_ installation: Installation) throws {
        try installation.dag("c", Self.text)
        try Files.write("a,b\n1,2\n", to: installation.dags + "/table.csv")
        try Files.write("rows=1\n", to: installation.dags + "/rows")
        try Files.makeFolder(installation.dags + "/lib")
        try Files.makeFolder(installation.dags + "/lib/deep")
        try Files.write("x = 1\n", to: installation.dags + "/lib/deep/a.py")
        try Files.write(
            """
            echo ran >> ../ran
            echo 'model={"kind": "line"}' >> $ORCHESTRATOR_OUTPUT
            printf 'loss=0.5 1\\nloss=0.25 2\\nauc=0.75\\n' >> $ORCHESTRATOR_METRICS
            echo weights > $ORCHESTRATOR_ARTIFACTS/model.bin

            """, to: installation.dags + "/train.sh")
    }

    private func times(_ installation: Installation) -> Int { Files.lines(installation.path("ran")).count }

    /// Runs the DAG and tells why the training stands where it stands.
    @discardableResult
    private func run(
        _ installation: Installation, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> String {
        let result = try installation.call(["run", "c"] + arguments, environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        return try installation.call("why", "c", "latest", "train").line
    }

    @Test func everythingThatASuccessLeftIsThereAgain() throws {
        try Installation.with { installation in
            try prepare(installation)
            #expect(
                try run(installation, "--run-id", "first").contains("has not succeeded with the cache before")
            )
            #expect(
                try run(installation, "--run-id", "second")
                    == "`train` was served from the cache: run first, try 1, had done the same.")
            #expect(times(installation) == 1)
            let shown = try ["first", "second"].map {
                try installation.call("tasks", "show", "c", $0, "train", "--output", "json").json()
            }
            #expect(
                shown[0]["outputs"] == shown[1]["outputs"]
                    && shown[0]["outputs"]?["model"] == ["kind": "line"])
            #expect(
                shown[0]["artifacts"] == shown[1]["artifacts"]
                    && shown[0]["artifacts"]?.arrayValue?.count == 1)
            let instance = shown[1]["task_instance"]
            #expect(instance?["state"] == "success" && instance?["try_number"] == 1)
            #expect(shown[1]["tries"]?.arrayValue?.first?["pid"] == .null, "no process")
            let runs = try ["first", "second"].map {
                try installation.call("runs", "show", "c", $0, "--output", "json").json()
            }
            let facts = runs.map { RunView(json: $0).instance("train") }
            #expect(facts[0]?["metrics"] == facts[1]?["metrics"] && facts[0]?["gate"] == facts[1]?["gate"])
            #expect(
                try installation.call("logs", "c", "first", "use").output
                    == installation.call("logs", "c", "second", "use").output,
                "the same artifact by its content")
            #expect(
                try installation.call("logs", "c", "second", "train").output
                    == "[orchestrator] served from the cache: run first, try 1, had done the same\n")
            // The newest holder serves, so that deleting old runs takes nothing away.
            #expect(try installation.call("runs", "delete", "c", "first", "--yes").status == 0)
            #expect(
                try run(installation, "--run-id", "third").contains("run first, try 1, had done the same"))
            #expect(times(installation) == 1)
        }
    }

    /// File to write, arguments, environment, and what `why` names.
    nonisolated static let changes: [(file: (String, String)?, arguments: [String], phrase: String)] = [
        (
            (
                "train.sh",
                "echo ran >> ../ran; echo model=2 >> $ORCHESTRATOR_OUTPUT; echo auc=1 >> $ORCHESTRATOR_METRICS; "
                    + "echo w > $ORCHESTRATOR_ARTIFACTS/model.bin"
            ), [], "the content of train.sh changed"
        ),
        (("lib/deep/a.py", "x = 2"), [], "the content of lib/deep/a.py changed"),
        (("lib/b.py", "y = 1"), [], "the file lib/b.py is new"),
        (nil, ["--param", "alpha=2"], "the command changed, param alpha changed from 1 to 2"),
        (("rows", "rows=2"), [], "the output rows of extract changed"),
        (("table.csv", "a,b\n9,9\n"), [], "the artifact t.csv of extract changed"),
    ]

    @Test func eachChangeIsNamedAndIsComputedOnce() throws {
        try Installation.with { installation in
            try prepare(installation)
            try run(installation)
            for (count, change) in Self.changes.enumerated() {
                if let (name, text) = change.file {
                    try Files.write(text + "\n", to: installation.dags + "/" + name)
                }
                let result = try installation.call(["run", "c"] + change.arguments)
                #expect(result.status == 0, "\(result.errors)")
                let why = try installation.call("why", "c", "latest", "train").line
                #expect(why.contains("computed anew because \(change.phrase) since run "), "\(why)")
                #expect(times(installation) == count + 2)
                _ = try installation.call(["run", "c"] + change.arguments)
                #expect(times(installation) == count + 2, "the second time it is served: \(change.phrase)")
                if !change.arguments.isEmpty {
                    #expect(
                        try run(installation).contains("served from the cache"), "the old result still serves"
                    )
                }
            }
            #expect(
                try run(installation, environment: ["TZ": "UTC"]).contains(
                    "the environment variable TZ is new"))
            #expect(
                try run(installation, "--param", "reader=y", environment: ["TZ": "UTC"]).contains("served"))
            try installation.dag("c", Self.text.replacing("\"fast\"", with: "\"slow\""))
            #expect(
                try run(installation, environment: ["TZ": "UTC"]).contains(
                    "the environment variable MODE changed"))
            try installation.dag("c", Self.text.replacing("\"min\": 0.5", with: "\"min\": 0.4"))
            #expect(
                try run(installation, environment: ["TZ": "UTC"]).contains("\"gate\" of the task changed"))
        }
    }

    @Test func aResultServesOnlyWhileItIsGoodAndWhole() throws {
        try Installation.with { installation in
            try prepare(installation)
            try run(installation, "--run-id", "a")
            let show = try installation.call("tasks", "show", "c", "a", "train", "--output", "json").json()
            let hash = show["artifacts"]?.arrayValue?.first?["sha256"]?.stringValue ?? ""
            let content = "\(installation.home)/artifacts/\(hash.prefix(2))/\(hash)"
            #expect(unlink(content) == 0)
            #expect(
                try run(installation, "--run-id", "b").contains(
                    "the artifact model.bin of run a, try 1 is no longer kept"))
            #expect(Files.text(content) == "weights\n" && times(installation) == 2)
            #expect(try run(installation).contains("served from the cache: run b"))
            try installation.dag("c", Self.text.replacing("\"env\": [\"TZ\"]", with: "\"expires\": \"1ms\""))
            #expect(try run(installation).contains("the result of run b, try 1 has expired"))
            try installation.dag("c", Self.text.replacing("\"env\": [\"TZ\"]", with: "\"version\": 2"))
            #expect(try run(installation).contains("the version of the cache changed since"))
        }
    }

    @Test func whoAsksForTheWorkToBeDoneGetsItDone() throws {
        try Installation.with { installation in
            try prepare(installation)
            let daemon = try installation.start()
            for run in ["a", "b"] {
                try daemon.trigger("c", ["run_id": .string(run)])
                _ = try daemon.waitForRun("c", run)
            }
            #expect(times(installation) == 1)
            try daemon.trigger("c", ["run_id": "c", "no_cache": true])
            _ = try daemon.waitForRun("c", "c")
            #expect(times(installation) == 2)
            #expect(
                try installation.call("why", "c", "c", "train").output.contains("asked for without the cache")
            )
            #expect(try installation.call("tasks", "clear", "c", "b", "train", "--yes").status == 0)
            #expect(try daemon.waitForRun("c", "b").tries("train") == 2)
            #expect(times(installation) == 3)
            #expect(try installation.call("why", "c", "b", "train").output.contains("because it was cleared"))
            #expect(
                try installation.call("tasks", "clear", "c", "a", "train", "--use-cache", "--yes").status == 0
            )
            #expect(try daemon.waitForRun("c", "a").tries("train") == 2)
            #expect(times(installation) == 3)
            #expect(
                try installation.call("why", "c", "a", "train").output.contains(
                    "served from the cache: run b, try 2"))
        }
    }

    @Test func aBackfillComputesOnlyWhatIsStale() throws {
        try Installation.with { installation in
            try installation.dag(
                "days",
                #"""
                {"dag_id": "days", "schedule": "@daily", "start_date": "2026-01-01", "end_date": "2026-01-03",
                 "catchup": false, "default_args": {"cache": true}, "tasks": [
                  {"task_id": "same", "command": "echo ran >> ../same"},
                  {"task_id": "dated", "command": "sh dated.sh"}]}
                """#)
            try Files.write(
                "echo $ORCHESTRATOR_LOGICAL_DATE >> ../dated\n", to: installation.dags + "/dated.sh")
            let daemon = try installation.start()
            let create = [
                "backfill", "create", "days", "--from", "2026-01-01T00:00:00Z", "--to",
                "2026-01-02T00:00:00Z",
            ]
            func fill(_ more: String...) throws {
                let made = try installation.call(create + ["--max-active-runs", "1"] + more)
                #expect(made.status == 0, "\(made.errors)")
                try installation.waiting.until("the backfill") {
                    try daemon.get("/api/v1/backfills/\(made.line)")["state"] == "complete" ? true : nil
                }
            }
            try fill()
            let (same, dated) = (installation.path("same"), installation.path("dated"))
            #expect(Files.lines(same).count == 1, "the same for every date")
            #expect(Files.lines(dated).count == 2, "the program asks for the date")
            try fill("--reprocess", "completed")
            #expect(Files.lines(same).count == 1 && Files.lines(dated).count == 2, "nothing is stale")
            try Files.write("echo changed >> ../dated\n", to: installation.dags + "/dated.sh")
            try fill("--reprocess", "completed")
            #expect(Files.lines(same).count == 1 && Files.lines(dated).count == 3)
            try fill("--reprocess", "completed", "--no-cache")
            #expect(Files.lines(same).count == 3 && Files.lines(dated).count == 5)
        }
    }

    @Test func mappedInstancesAreServedOneByOne() throws {
        try Installation.with { installation in
            let text = #"""
                {"dag_id": "c", "tasks": [{"task_id": "train", "expand": {"n": [1, 2, 3]}, "cache": true,
                  "command": "echo $ORCHESTRATOR_PARAM_N >> ../ran; echo s=$ORCHESTRATOR_PARAM_N >> $ORCHESTRATOR_OUTPUT"},
                 {"task_id": "all", "depends_on": ["train"], "command": "cat $ORCHESTRATOR_INPUTS"}]}
                """#
            try installation.dag("c", text)
            #expect(try installation.call("run", "c").status == 0)
            try installation.dag("c", text.replacing("[1, 2, 3]", with: "[1, 4, 2, 3]"))
            #expect(try installation.call("run", "c").status == 0)
            #expect(Files.lines(installation.path("ran")).sorted() == ["1", "2", "3", "4"])
            #expect(
                try installation.call("logs", "c", "latest", "all").output
                    == "{\"train\":{\"s\":[1,4,2,3]}}\n")
        }
    }

    @Test func runsAtOnceDoNotGetInEachOthersWay() throws {
        try Installation.with { installation in
            try prepare(installation)
            let daemon = try installation.start()
            let runs = try (1...6).map { try daemon.trigger("c", ["run_id": .string("r\($0)")]) }
            for run in runs { #expect(try daemon.waitForRun("c", run).state == "success") }
            let before = times(installation)
            #expect((1...6).contains(before))
            try daemon.trigger("c", ["run_id": "last"])
            #expect(try daemon.waitForRun("c", "last").state == "success")
            #expect(times(installation) == before)
        }
    }

    /// Shot when the cache had an answer, and when a program had ended that is to be kept.
    @Test(arguments: [(1, 2), (2, 1)]) func aKilledDaemonLosesNothing(end: Int, expected: Int) throws {
        try Installation.with { installation in
            try installation.dag(
                "k",
                #"{"dag_id": "k", "tasks": [{"task_id": "t", "cache": true, "command": "echo ran >> ../ran; echo n=1 >> $ORCHESTRATOR_OUTPUT"}]}"#
            )
            let first = try installation.launch(
                environment: ["ORCHESTRATOR_FAILPOINT": "after_end_before_commit@\(end)"])
            #expect(try first.becomesReady())
            try first.trigger("k", ["run_id": "a"])
            if end == 2 {
                _ = try first.waitForRun("k", "a")
                try first.trigger("k", ["run_id": "b"])
            }
            _ = try first.waitForEnd()
            let second = try installation.start()
            for run in ["a", "b"].prefix(end) { #expect(try second.waitForRun("k", run).state == "success") }
            try second.trigger("k", ["run_id": "z"])
            #expect(try second.waitForRun("k", "z").state == "success")
            #expect(Files.lines(installation.path("ran")).count == 1)
            #expect(
                try installation.call("why", "k", "z", "t").output.contains("run a, try 1, had done the same")
            )
        }
    }

    @Test func whatCannotBeComparedIsComputed() throws {
        try Installation.with { installation in
            func why(_ text: String) throws -> String {
                try installation.dag("h", text)
                let result = try installation.call("run", "h", seconds: 60)
                #expect(result.status == 0, "\(result.errors)")
                return try installation.call("why", "h", "latest", "t").output
            }
            func dag(_ command: String, _ cache: String = "true") -> String {
                "{\"dag_id\": \"h\", \"tasks\": [{\"task_id\": \"t\", \"command\": \"\(command)\", \"cache\": \(cache)}]}"
            }
            // A pipe that nobody writes to, and a link that leads back, are passed over.
            #expect(mkfifo(installation.dags + "/pipe", 0o600) == 0)
            #expect(symlink(installation.dags, installation.dags + "/again") == 0)
            let all = dag("true pipe again", #"{"files": ["**", "!**/*.json", "!*.json"]}"#)
            #expect(try why(all).contains("has not succeeded with the cache before"))
            #expect(try why(all).contains("served"))
            // The program changes what decides about it.
            try Files.write("0\n", to: installation.dags + "/state")
            for _ in 1...2 {
                let text = try why(dag("date +%N > ../n; cat ../n | tee -a state"))
                #expect(!text.contains("served"), "\(text)")
            }
            let log = try installation.call("logs", "h", "latest", "t").output
            #expect(log.contains("state changed while the task ran"))
            #expect(
                try !why(dag("date +%N > ../n; cat ../n | tee -a state", #"{"files": ["!state"]}"#)).contains(
                    "served"))
            #expect(
                try why(dag("date +%N > ../n; cat ../n | tee -a state", #"{"files": ["!state"]}"#)).contains(
                    "served"))
            try Files.makeFolder(installation.dags + "/many")
            for number in 0...10_000 { try Files.write([], to: installation.dags + "/many/\(number)") }
            #expect(
                try why(dag("true", #"{"files": ["many/*"]}"#)).contains(
                    "`many/*` matches more than 10000 files"))
        }
    }

    /// What a template fills in from a secret variable counts, and is in the database under a keyed hash only.
    @Test func aSecretCountsAndIsNotKept() throws {
        try Installation.with { installation in
            try installation.dag(
                "s",
                #"{"dag_id": "s", "tasks": [{"task_id": "t", "cache": true, "env": {"KEY": "{{ var.value.api_password }}"}, "command": "true"}]}"#
            )
            func why(_ secret: String) throws -> String {
                #expect(try installation.call("variables", "set", "api_password", secret).status == 0)
                #expect(try installation.call("run", "s").status == 0)
                return try installation.call("why", "s", "latest", "t").output
            }
            #expect(try why("correct-horse").contains("has not succeeded"))
            #expect(try why("correct-horse").contains("served"))
            #expect(try why("battery-staple").contains("the environment variable KEY changed"))
            let lookup = Files.bytes(installation.home + "/orchestrator.db") ?? []
            // printf correct-horse | sha256sum
            let plain = "9dca666eb54730714630d1519264a7bf1eeaad00b8f2edc90d3ecbfad928d163"
            let text = String(decoding: lookup, as: UTF8.self)
            #expect(!text.contains("correct-horse") && !text.contains(plain) && text.contains("KEY"))
        }
    }
}
