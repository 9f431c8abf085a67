import Foundation
import Glibc
import JSONText
import Testing

/// `tasks render` and `tasks test`: a look at one task, and one task alone.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct TaskTrialTests {
    private static let file = #"""
        {"dag_id": "one", "params": {"who": "you", "code": 0}, "tasks": [
         {"task_id": "up", "command": "echo rows=7 >> \"$ORCHESTRATOR_OUTPUT\""},
         {"task_id": "it", "depends_on": ["up"], "env": {"DAY": "{{ ds | default('none') }}"},
          "command": ["sh", "-c", "echo \"$1 $DAY $ORCHESTRATOR_TASK_ID $ORCHESTRATOR_PARAM_WHO\"; echo n=1 >> \"$ORCHESTRATOR_OUTPUT\"; exit $2",
           "sh", "hi {{ params.who }}", "{{ params.code }}"]},
         {"task_id": "reader", "depends_on": ["up"], "command": ["echo", "{{ outputs.up.rows }}"]},
         {"task_id": "slow", "command": "echo begun; exec sleep 1000"}]}
        """#

    @Test func rendersARunAndALookBefore() throws {
        try Installation.with { installation in
            try installation.dag("one", Self.file)
            let look = try installation.call(
                "tasks", "render", "one", "it", "--logical-date", "2026-03-01", "--param", "who=me",
                "--output",
                "json")
            #expect(look.status == 0)
            #expect(try look.json()["command"]?[4] == "hi me")
            #expect(try look.json()["env"] == ["DAY": "2026-03-01"])
            let before = try installation.call("tasks", "render", "one", "reader", "--output", "json")
            #expect(try before.json()["command"]?[1] == "{{ outputs.up.rows }}")
            #expect(before.errors.contains("`up` has no output `rows`"))
            let trigger = try installation.call("tasks", "render", "one", "latest", "it")
            #expect(trigger.status == 66)
        }
    }

    @Test(arguments: [false, true]) func runsOneTaskAlone(withDaemon: Bool) throws {
        try Installation.with { installation in
            try installation.dag("one", Self.file)
            if withDaemon { try installation.start() }
            let good = try installation.call(
                "tasks", "test", "one", "it", "--logical-date", "2026-01-01", "--param", "who=me")
            #expect(good.status == 0)
            #expect(good.output == "hi me 2026-01-01 it me\n")
            #expect(good.errors.contains("output n = 1"))
            let bad = try installation.call(
                "tasks", "test", "one", "it", "--param", "code=3", "--output", "json")
            #expect(bad.status == 1)
            #expect(try bad.json()["state"] == "failed")
            #expect(bad.errors.contains("hi you none it you"))
            let lonely = try installation.call("tasks", "test", "one", "reader")
            #expect(lonely.status == 65)
            #expect(lonely.errors.contains("`up` has no output `rows`"))
            #expect(try installation.call("tasks", "test", "one", "nothing").status == 66)
            #expect(try installation.call("runs", "list", "one", "--output", "json").json() == [])
        }
    }

    @Test func showsOutputAsItComesAndEndsOnASignal() throws {
        try Installation.with { installation in
            try installation.dag("one", Self.file)
            let (process, files) = try installation.begin(["tasks", "test", "one", "slow"])
            try installation.waiting.until("the task prints") {
                Files.text(files + ".out") == "begun\n" ? true : nil
            }
            process.signal(SIGINT)
            let ending = try process.wait(seconds: 30)
            #expect(ending == .exited(1))
            #expect(Files.text(files + ".err").contains("it was ended"))
        }
    }

    @Test func theExampleFillsIn() throws {
        try Installation.with { installation in
            let file = Self.example("templates")
            let run = try installation.call("run", file, "--logical-date", "2026-03-01")
            #expect(run.status == 0)
            #expect(
                try installation.call("logs", "templates", "latest", "load").output
                    == "load s3://lake/europe/2026/03/01 42 rows try 1\n")
            #expect(
                try installation.call("logs", "templates", "latest", "shell").output
                    == "2026-03-01, before it 2026-02-28: 42 rows, kept for 3 days\n")
        }
    }

    /// The path of a file of `dags/examples`.
    private static func example(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("dags/examples/\(name).json").path
    }

    /// What a run would tell a task of its model, with the files under their own names.
    @Test(arguments: [false, true]) func aTaskKnowsItsModel(withDaemon: Bool) throws {
        try Installation.with { installation in
            try Files.write("x\n1\n2\n", to: installation.path("dags/new.csv"))
            let file = try installation.dag(
                "m",
                #"""
                {"dag_id": "m", "params": {"n": 1}, "tasks": [
                 {"task_id": "train", "type": "train", "artifacts": ["model.txt", "data.csv"],
                  "model": {"name": "churn", "artifact": "model.txt", "reference": "data.csv"},
                  "command": "cd $ORCHESTRATOR_ARTIFACTS; echo $ORCHESTRATOR_MODEL_NAME $ORCHESTRATOR_PARAM_N | tee model.txt; printf 'x\n1\n2\n' > data.csv"},
                 {"task_id": "evaluate", "type": "evaluate", "depends_on": ["train"],
                  "model": {"name": "churn", "alias": "champion"}, "gate": [{"metric": "n", "max": 1}],
                  "command": "echo version $ORCHESTRATOR_MODEL_VERSION of $ORCHESTRATOR_MODEL_NAME: $(cat $ORCHESTRATOR_MODEL_PATH) $(basename $ORCHESTRATOR_MODEL_PATH), champion $ORCHESTRATOR_CHAMPION_VERSION: $(cat $ORCHESTRATOR_CHAMPION_PATH), $(wc -l < $ORCHESTRATOR_MODEL_REFERENCE_PATH); echo n=$(cut -d' ' -f2 $ORCHESTRATOR_MODEL_PATH) >> $ORCHESTRATOR_METRICS"},
                 {"task_id": "watch", "type": "monitor", "model": "churn", "command": "echo $ORCHESTRATOR_MODEL_VERSION",
                  "drift": {"current": "new.csv"}}]}
                """#)
            if withDaemon { try installation.start() }
            let early = try installation.call("tasks", "test", "m", "watch")
            #expect(
                early.status == 0
                    && early.errors.contains("no version of the model `churn` is its champion yet"))
            #expect(try installation.call("tasks", "test", "m", "evaluate").status == 65)
            #expect(try installation.call("tasks", "test", "m", "train").output == "churn 1\n")
            #expect(try installation.call("run", file).status == 0)
            #expect(try installation.call("run", file, "--param", "n=2").status == 1)
            let judged = try installation.call("tasks", "test", "m", "evaluate")
            #expect(judged.output == "version 2 of churn: churn 2 model.txt, champion 1: churn 1, 3\n")
            #expect(judged.status == 1 && judged.errors.contains("the gate does not hold: n 2 > 1"))
            let watched = try installation.call("tasks", "test", "m", "watch")
            #expect(
                watched.status == 0 && watched.output.hasPrefix("1\n"), "\(watched.output) \(watched.errors)")
            #expect(watched.output.contains("2 rows of the reference of churn@1; drifted columns: none"))
            #expect(watched.errors.contains("output drifted = false"), "\(watched.errors)")
        }
    }
}
