import JSONText
import Testing

/// `drift` of a monitoring task, with real processes.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct MonitorTests {
    /// Rows whose age is shifted, with a score that is right or turned round.
    private func table(_ installation: Installation, _ name: String, shift: Int, isWrong: Bool = false) throws
    {
        let rows = (0..<400).map { row in
            let label = row % 2
            let score = Double(row % 50) / 200 + ((label == 1) != isWrong ? 0.6 : 0.1)
            return
                "\(row % 90 + shift),\(row % 10 < 3 ? "MA" : "NH"),\(score),\(row < 300 ? "\(label)" : "")\n"
        }
        try Files.write("age,state,score,churned\n" + rows.joined(), to: installation.path("dags/" + name))
    }

    private func metrics(_ installation: Installation, _ dag: String, _ task: String) throws -> [String:
        Double]
    {
        let shown = try installation.call("runs", "show", dag, "latest", "--output", "json").json()
        let instance = shown["task_instances"]?.arrayValue?.first { $0["task_id"]?.stringValue == task }
        var metrics: [String: Double] = [:]
        for metric in instance?["metrics"]?.arrayValue ?? [] {
            metrics[metric["name"]?.stringValue ?? ""] = metric["value"]?.doubleValue
        }
        return metrics
    }

    private static func monitor(_ reference: String, _ current: String, _ more: String = "") -> String {
        """
        {"dag_id": "watch", "tasks": [{"task_id": "compare", "type": "monitor", \(more)
          "drift": {"reference": "\(reference)", "current": "\(current)", "prediction": "score", "label": "churned"}}]}
        """
    }

    @Test func driftAndDecayAreMeasured() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            try table(installation, "new.csv", shift: 40, isWrong: true)
            try installation.dag("watch", Self.monitor("old.csv", "new.csv"))
            #expect(try installation.run("watch").status == 0)
            let metrics = try metrics(installation, "watch", "compare")
            #expect(metrics["dataset_drift"] == 1 && metrics["drifted_columns"] == 1)
            #expect((metrics["psi.age"] ?? 0) > 0.2 && (metrics["psi.state"] ?? 1) < 1e-9)
            #expect(metrics["psi.score"] == nil && metrics["psi.churned"] == nil)
            #expect((metrics["prediction.psi"] ?? -1) >= 0 && metrics["labelled_rows"] == 300)
            #expect(metrics["recorded.roc_auc"] == 1 && metrics["roc_auc"] == 0)
            #expect(metrics["decay.roc_auc"] == 1 && metrics["decay.accuracy"] == 1)
            let inputs = try installation.call("logs", "watch", "latest", "compare").output
            #expect(inputs.contains("compared 400 rows with 400 rows of the reference; drifted columns: age"))
        }
    }

    /// An upstream artifact is compared, after the task's own program; a gate decides; a retraining is started.
    @Test func anArtifactIsComparedAndRetrains() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            try table(installation, "new.csv", shift: 40)
            try installation.dag(
                "watch",
                """
                {"dag_id": "watch", "tasks": [
                  {"task_id": "load", "type": "etl", "command": "cp new.csv $ORCHESTRATOR_ARTIFACTS/batch.csv",
                   "artifacts": ["batch.csv"]},
                  {"task_id": "compare", "type": "monitor", "depends_on": ["load"], "command": "echo before",
                   "drift": {"reference": "old.csv", "current": "load.batch.csv", "columns": ["age"]},
                   "gate": [{"metric": "max_psi", "max": 0.2}], "on_gate_failure": "skip_downstream"},
                  {"task_id": "use", "depends_on": ["compare"], "command": "true"}]}
                """)
            try installation.dag(
                "training",
                """
                {"dag_id": "training", "schedule": {"retrain_when": {"any": [{"drift": {"column": "age", "above": 0.2}}]}},
                 "tasks": [{"task_id": "train", "command": "true"}]}
                """)
            let daemon = try installation.start()
            #expect(try installation.call("trigger", "watch", "--wait").status == 0)
            let states = try installation.call("runs", "show", "watch", "latest", "--output", "json").json()
            #expect(states["task_instances"]?[2]?["state"] == "skipped")
            let run = try daemon.installation.waiting.until("a run of training") {
                try daemon.runs("training").first { $0.isFinished }
            }
            let cause = run.json["causes"]?[0]
            #expect(cause?["clause"] == "drift psi of age above 0.2" && cause?["task_id"] == "compare")
            let log = try installation.call("logs", "watch", "latest", "compare").output
            #expect(log.hasPrefix("before\n"))
        }
    }

    @Test func whatCannotBeComparedIsSaid() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            try installation.dag("watch", Self.monitor("old.csv", "none.csv"))
            #expect(try installation.run("watch").status == 1)
            #expect(try installation.call("why", "watch", "latest", "compare").output.contains("none.csv"))
            try Files.write("age,state,score,churned\n1,2\n", to: installation.path("dags/none.csv"))
            #expect(try installation.run("watch").status == 1)
            #expect(try installation.call("why", "watch", "latest", "compare").output.contains("line 2"))
            try Files.write("age,state\n1,MA\n", to: installation.path("dags/none.csv"))
            #expect(try installation.run("watch").status == 1)
            let why = try installation.call("why", "watch", "latest", "compare").output
            #expect(why.contains("the table has no column `score`"))
        }
    }

    /// Before there is a champion there is nothing to compare with: the task is skipped and says so.
    @Test func withoutAChampionTheTaskIsSkipped() throws {
        try Installation.with { installation in
            try table(installation, "new.csv", shift: 0)
            try installation.dag(
                "watch",
                """
                {"dag_id": "watch", "tasks": [{"task_id": "compare", "type": "monitor",
                  "drift": {"reference": {"model": "churn"}, "current": "new.csv"}}]}
                """)
            #expect(try installation.run("watch").status == 0)
            let shown = try installation.call("runs", "show", "watch", "latest", "--output", "json").json()
            #expect(shown["task_instances"]?[0]?["state"] == "skipped")
            let log = try installation.call("logs", "watch", "latest", "compare").output
            #expect(log.contains("no version of the model `churn` is its champion yet"))
        }
    }
}
