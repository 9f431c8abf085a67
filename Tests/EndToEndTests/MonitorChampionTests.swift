import Glibc
import JSONText
import Testing

/// A real champion is watched: trained, judged, drifted away from, and beaten by the retraining that the drift started.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct MonitorChampionTests {
    /// Scores table $1 by the model in file $2. The model is a word: whether `x` says yes or no.
    private static let score = #"""
        #!/bin/sh
        awk -F, -v way="$(cat "$2")" 'NR == 1 { print $0 ",churn_probability"; next }
          { high = way == "up" ? $2 : 1 - $2; print $0 "," (high ? 0.7 : 0.1) + NR % 20 / 100 }' "$1"
        """#
    /// The share of right answers in a scored table on its rows with a label.
    private static let accuracy = #"""
        #!/bin/sh
        awk -F, 'NR > 1 && $3 != "" { n++; right += ($4 >= 0.5) == $3 } END { print right / n }' "$1"
        """#

    private static func training(_ kept: String = #", "reference": "reference.csv""#) -> String {
        #"""
        {"dag_id": "training",
         "schedule": {"retrain_when": {"any": [{"drift": {"dag_id": "monitoring", "column": "age", "above": 0.2}}],
           "cooldown": "1s", "budget": "3/day"}},
         "tasks": [
          {"task_id": "train", "type": "train", "artifacts": ["model.txt", "reference.csv"],
           "model": {"name": "churn", "artifact": "model.txt"\#(kept)},
           "command": "cd ..; a=$ORCHESTRATOR_ARTIFACTS; awk -F, 'NR > 1 && $3 != \"\" { n++; same += $2 == $3 } END { print (same * 2 > n) ? \"up\" : \"down\" }' table.csv > $a/model.txt; sh score.sh table.csv $a/model.txt > $a/reference.csv"},
          {"task_id": "evaluate", "type": "evaluate", "depends_on": ["train"],
           "model": {"name": "churn", "alias": "champion"},
           "gate": [{"metric": "accuracy", "min": 0.8}, {"metric": "accuracy", "vs": "champion", "min_delta": 0.002}],
           "command": "cd ..; s=$ORCHESTRATOR_CHECKPOINTS/s.csv; sh score.sh table.csv $ORCHESTRATOR_MODEL_PATH > $s; echo accuracy=$(sh accuracy.sh $s) >> $ORCHESTRATOR_METRICS; test -z \"$ORCHESTRATOR_CHAMPION_PATH\" || { sh score.sh table.csv $ORCHESTRATOR_CHAMPION_PATH > $s; echo champion.accuracy=$(sh accuracy.sh $s) >> $ORCHESTRATOR_METRICS; }"}]}
        """#
    }

    private static func monitoring(_ drift: String = "") -> String {
        #"""
        {"dag_id": "monitoring", "tasks": [
          {"task_id": "load_batch", "type": "monitor", "model": "churn", "artifacts": ["batch.csv"],
           "outputs": ["model_version"],
           "command": "cd ..; sh score.sh batch.csv $ORCHESTRATOR_MODEL_PATH > $ORCHESTRATOR_ARTIFACTS/batch.csv; echo model_version=$ORCHESTRATOR_MODEL_VERSION >> $ORCHESTRATOR_OUTPUT"},
          {"task_id": "compare", "type": "monitor", "depends_on": ["load_batch"],
           "model": {"name": "churn", "version": "{{ outputs.load_batch.model_version }}"},
           "drift": {\#(drift)"current": "load_batch.batch.csv", "prediction": "churn_probability", "label": "churned"},
           "gate": [{"metric": "decay.accuracy", "max": 0.1}], "on_gate_failure": "skip_downstream"},
          {"task_id": "alarm", "depends_on": ["compare"], "when": "outputs.compare.drifted",
           "command": ["echo", "{{ outputs.compare.drifted_columns }}", "since", "{{ outputs.compare.reference_version }}"]}]}
        """#
    }

    /// 400 rows; `x` is the label, or its opposite. The last 100 have no label yet.
    private func table(
        _ installation: Installation, _ name: String, shift: Int = 0, isTurned: Bool = false
    ) throws {
        let rows = (0..<400).map { row in
            let label = isTurned ? 1 - row % 2 : row % 2
            return "\(row % 90 + shift),\(row % 2),\(row < 300 ? "\(label)" : "")\n"
        }
        try Files.write("age,x,churned\n" + rows.joined(), to: installation.path(name))
    }

    private func install(_ installation: Installation) throws {
        try Files.write(Self.score, to: installation.path("score.sh"))
        try Files.write(Self.accuracy, to: installation.path("accuracy.sh"))
        try table(installation, "table.csv")
        try table(installation, "batch.csv")
        try installation.dag("training", Self.training())
    }

    private func metrics(_ installation: Installation, _ task: String) throws -> [String: Double] {
        let shown = try installation.call("runs", "show", "monitoring", "latest", "--output", "json").json()
        let instance = shown["task_instances"]?.arrayValue?.first { $0["task_id"]?.stringValue == task }
        var metrics: [String: Double] = [:]
        for metric in instance?["metrics"]?.arrayValue ?? [] {
            metrics[metric["name"]?.stringValue ?? ""] = metric["value"]?.doubleValue
        }
        return metrics
    }

    private func monitor(_ daemon: Daemon) throws -> RunView {
        try daemon.waitForRun("monitoring", try daemon.trigger("monitoring"))
    }

    @Test func aDriftedBatchRetrainsAndTheNewChampionIsTheNewMeasure() throws {
        try Installation.with { installation in
            try install(installation)
            try installation.dag("monitoring", Self.monitoring())
            let daemon = try installation.start()
            try waitsForAChampion(installation, daemon)

            #expect(try daemon.waitForRun("training", try daemon.trigger("training")).state == "success")
            let calm = try monitor(daemon)
            #expect(calm.state == "success" && calm.state("alarm") == "skipped")
            let first = try metrics(installation, "compare")
            #expect(first["max_psi"] == 0 && first["prediction_drift"] == 0)
            #expect(first["recorded.accuracy"] == 1 && first["decay.accuracy"] == 0)
            #expect(first["labelled_rows"] == 300 && first["roc_auc"] == 1)

            // The world turns: what said yes says no now, and everybody is older.
            try table(installation, "batch.csv", shift: 40, isTurned: true)
            try table(installation, "table.csv", shift: 40, isTurned: true)
            let drifted = try monitor(daemon)
            #expect(drifted.state == "success")
            let second = try metrics(installation, "compare")
            let psi = try #require(second["psi.age"])
            #expect(psi > 0.2 && second["decay.accuracy"] == 1 && second["roc_auc"] == 0)
            let outputs = try installation.call(
                "tasks", "outputs", "monitoring", "latest", "compare", "--output", "json"
            ).json()
            #expect(outputs["drifted_columns"] == ["age"] && outputs["reference_version"] == 1)
            let why = try installation.call("why", "monitoring", "latest", "compare").output
            #expect(why.contains("decay.accuracy 1"), "\(why)")
            try hasRetrained(daemon, psi: psi)

            let after = try monitor(daemon)
            #expect(after.state("compare") == "success" && after.state("alarm") == "skipped")
            let third = try metrics(installation, "compare")
            #expect(third["max_psi"] == 0 && third["decay.accuracy"] == 0)
            let log = try installation.call("logs", "monitoring", "latest", "compare").output
            #expect(log.contains("of the reference of churn@2; drifted columns: none"), "\(log)")
            #expect(try daemon.runs("training").count == 2)
        }
    }

    /// Before anything is the champion there is nothing to watch: that is no failure.
    private func waitsForAChampion(_ installation: Installation, _ daemon: Daemon) throws {
        let run = try monitor(daemon)
        #expect(run.state == "success" && run.state("load_batch") == "skipped")
        #expect(run.state("compare") == "skipped")
        let why = try installation.call("why", "monitoring", "latest", "load_batch").output
        #expect(why.contains("no version of the model `churn` is its champion yet"), "\(why)")
        let log = try installation.call("logs", "monitoring", "latest", "load_batch").output
        #expect(log.contains("no version of the model `churn` is its champion yet"), "\(log)")
    }

    private func hasRetrained(_ daemon: Daemon, psi: Double) throws {
        let installation = daemon.installation
        let run = try installation.waiting.until("the run that the drift asked for") {
            try daemon.runs("training").first { $0.isFinished && $0.runID.hasPrefix("scheduled__") }
        }
        #expect(run.state == "success")
        let cause = try #require(run.json["causes"]?[0])
        #expect(cause["clause"] == "drift psi of age above 0.2 of monitoring", "\(cause.text())")
        #expect(cause["value"]?.doubleValue == psi && cause["task_id"] == "compare")
        let model = try installation.call("models", "show", "churn", "--output", "json").json()
        #expect(model["aliases"]?["champion"] == 2)
        let why = try installation.call("why", "training", run.runID, "evaluate").output
        #expect(why.contains("from version 1 to version 2"), "\(why)")
    }

    /// Named by the alias, and with the gate that lets `alarm` come.
    @Test func theOutputsSayWhatWasFound() throws {
        try Installation.with { installation in
            try install(installation)
            try installation.dag("monitoring", Self.monitoring(#""reference": "champion", "#))
            #expect(try installation.run("training").status == 0)
            try table(installation, "batch.csv", shift: 40)
            #expect(try installation.run("monitoring").status == 0)
            let log = try installation.call("logs", "monitoring", "latest", "alarm").output
            #expect(log == "[\"age\"] since 1\n", "\(log)")
        }
    }

    /// A version that was made without data to compare with is a mistake to be told, not a reason to skip.
    @Test func aChampionWithoutAReferenceIsAFailure() throws {
        try Installation.with { installation in
            try install(installation)
            try installation.dag("training", Self.training(""))
            try installation.dag("monitoring", Self.monitoring())
            #expect(try installation.run("training").status == 0)
            #expect(try installation.run("monitoring").status == 1)
            let why = try installation.call("why", "monitoring", "latest", "compare").output
            #expect(why.contains("no data are kept with churn@1"), "\(why)")
        }
    }
}
