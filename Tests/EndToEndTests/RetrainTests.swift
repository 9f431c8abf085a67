import Glibc
import JSONText
import Testing

/// `retrain_when` with a real daemon: who asked is on record, what waits outlives a kill.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct RetrainTests {
    private static let monitor = """
        {"dag_id": "monitor", "params": {"psi": 0.5}, "tasks": [{"task_id": "drift", "type": "monitor",
         "command": "echo psi.age=$ORCHESTRATOR_PARAM_PSI >> $ORCHESTRATOR_METRICS"}]}
        """

    private static func training(_ cooldown: String) -> String {
        """
        {"dag_id": "training", "schedule": {"retrain_when": {"any": [
          {"drift": {"metric": "psi", "above": 0.2}}, {"new_rows": {"asset": "s3://rows", "at_least": 100}},
          {"cron": "0 0 29 2 *"}], "cooldown": "\(cooldown)", "budget": "5/day"}},
         "tasks": [{"task_id": "train", "command": "echo psi.age=0.9 >> $ORCHESTRATOR_METRICS"}]}
        """
    }

    private func runs(_ daemon: Daemon, count: Int) throws -> [RunView] {
        try daemon.installation.waiting.until("\(count) runs of training") {
            let runs = try daemon.runs("training")
            return runs.count >= count && runs.allSatisfy(\.isFinished) ? runs : nil
        }
    }

    private func monitor(_ daemon: Daemon, _ psi: String) throws {
        let result = try daemon.installation.call("trigger", "monitor", "--param", "psi=\(psi)", "--wait")
        #expect(result.status == 0)
    }

    @Test func driftRetrainsOnceAndTheRunSaysWhy() throws {
        try Installation.with { installation in
            try installation.dag("monitor", Self.monitor)
            try installation.dag("training", Self.training("6h"))
            let first = try installation.start()
            try monitor(first, "0.1")
            try monitor(first, "0.31")
            let run = try #require(try runs(first, count: 1).first)
            #expect(run.state == "success" && run.runID.hasPrefix("scheduled__"))
            // Its own report of 0.9 is no reason; another one waits for the cooldown.
            try monitor(first, "0.4")
            let why = try installation.call("why", "training").output
            #expect(why.hasPrefix("training retrains at ") && why.contains("cooldown 6h"))
            #expect(why.contains("drift psi above 0.2: 0.4 from drift of monitor, run manual__"))
            first.kill()
            let second = try installation.start()
            #expect(try second.runs("training").count == 1)
            let json = try installation.call("dags", "show", "training", "--output", "json").json()
            #expect(json["retraining"]?["waits_for"] == "cooldown" && json["retraining"]?["spent"] == 1)
            #expect(json["retraining"]?["fired"]?[0]?["value"]?.doubleValue == 0.4)
            let shown = try installation.call("runs", "show", "training", "latest", "--output", "table")
                .output
            #expect(shown.contains("started by: drift psi above 0.2: 0.31 from drift of monitor"))
            let list = try installation.call("runs", "list", "training", "--output", "json").json()
            let cause = try #require(list[0]?["causes"]?[0])
            #expect(
                cause["value"]?.doubleValue == 0.31 && cause["task_id"] == "drift"
                    && cause["dag_id"] == "monitor")
            #expect(try installation.call("runs", "list", "--output", "table").output.contains("CAUSE"))
            let next = try installation.call("dags", "next", "training", "--output", "json").json()
            #expect(next[0]?["logical_date"]?.stringValue?.contains("-02-29T00:00:00") == true)
        }
    }

    @Test func rowsAddUpOverARestart() throws {
        try Installation.with { installation in
            try installation.dag("training", Self.training("1s"))
            let first = try installation.start()
            #expect(
                try installation.call("assets", "emit", "s3://rows", "--extra", #"{"rows": 60}"#).status == 0)
            first.kill()
            let second = try installation.start()
            #expect(try second.runs("training").isEmpty)
            #expect(
                try installation.call("why", "training").output.contains("60 new rows of s3://rows so far"))
            #expect(
                try installation.call("assets", "emit", "s3://rows", "--extra", #"{"rows": 40}"#).status == 0)
            let run = try #require(try runs(second, count: 1).first)
            let shown = try installation.call("runs", "show", "training", run.runID, "--output", "json")
                .json()
            #expect(shown["causes"]?[0]?["value"]?.doubleValue == 100)
        }
    }
}
