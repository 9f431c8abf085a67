import JSONText
import Testing

/// Trials of a mapped task: the best one is chosen, one that falls behind is stopped while it runs.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct TuningTests {
    /// Trial 0 begins when the others have ended, reports worse numbers, and would wait for ever.
    private static let tuning = """
        {"dag_id": "tuning", "tasks": [
          {"task_id": "trial", "type": "train", "matrix": {"lr": [0, 1, 2, 3]},
           "select": {"metric": "auc", "mode": "max"},
           "early_stopping": {"metric": "auc", "rule": "median", "grace_steps": 3},
           "artifacts": ["model.txt"],
           "command": "echo model $ORCHESTRATOR_PARAM_LR > $ORCHESTRATOR_ARTIFACTS/model.txt; if [ $ORCHESTRATOR_PARAM_LR = 0 ]; then read line < start.fifo; fi; for step in 1 2 3 4; do echo auc=0.$ORCHESTRATOR_PARAM_LR$step $step >> $ORCHESTRATOR_METRICS; done; if [ $ORCHESTRATOR_PARAM_LR = 0 ]; then read line < hold.fifo; fi"},
          {"task_id": "reduce", "depends_on": ["trial"], "trigger_rule": "none_failed_min_one_success",
           "env": {"BEST": "{{ outputs.trial.best_params }}", "VALUE": "{{ outputs.trial.best_value }}",
                   "INDEX": "{{ outputs.trial.best_map_index }}"},
           "command": "echo $INDEX $VALUE $BEST; cat $(sed 's/.*best_artifacts[^/]*//; s/\\".*//' $ORCHESTRATOR_INPUTS)"}]}
        """

    private func states(_ installation: Installation) throws -> [String] {
        let shown = try installation.call("runs", "show", "tuning", "latest", "--output", "json").json()
        return (shown["task_instances"]?.arrayValue ?? []).compactMap { $0["state"]?.stringValue }
    }

    @Test func aTrialThatFallsBehindIsStoppedAndTheBestIsChosen() throws {
        try Installation.with { installation in
            try installation.dag("tuning", Self.tuning)
            let start = try installation.fifo("dags/start.fifo")
            let hold = try installation.fifo("dags/hold.fifo")
            let daemon = try installation.start()
            _ = try daemon.trigger("tuning")
            _ = try installation.waiting.until("the others have ended") {
                try states(installation).count { $0 == "success" } == 3 ? true : nil
            }
            start.release()
            _ = try installation.waiting.until("the run has ended") {
                try daemon.runs("tuning").first { $0.isFinished }
            }
            withExtendedLifetime(hold) {}
            #expect(try states(installation) == ["skipped", "success", "success", "success", "success"])
            #expect(try daemon.runs("tuning").first?.state == "success")
            let why = try installation.call("why", "tuning", "latest", "trial", "--map-index", "0").output
            #expect(why.contains("stopped early") && why.contains("the median of 3 others"), "\(why)")
            let log = try installation.call("logs", "tuning", "latest", "reduce").output
            #expect(log == "3 0.34 {\"lr\":3}\nmodel 3\n")
            let shown = try installation.call("runs", "show", "tuning", "latest", "--output", "json").json()
            let metrics = shown["task_instances"]?[0]?["metrics"]?.arrayValue ?? []
            #expect(metrics.contains { $0["name"] == "auc" }, "its metrics stay")
        }
    }

    /// The others are found in the database, the one that runs in its file.
    @Test func aRestartForgetsNoTrial() throws {
        try Installation.with { installation in
            try installation.dag("tuning", Self.tuning)
            let start = try installation.fifo("dags/start.fifo")
            let hold = try installation.fifo("dags/hold.fifo")
            let first = try installation.start()
            _ = try first.trigger("tuning")
            _ = try installation.waiting.until("the others have ended") {
                try states(installation).count { $0 == "success" } == 3 ? true : nil
            }
            first.kill()
            let second = try installation.start()
            start.release()
            _ = try installation.waiting.until("the run has ended") {
                try second.runs("tuning").first { $0.isFinished }
            }
            withExtendedLifetime(hold) {}
            #expect(try states(installation).first == "skipped")
        }
    }

    /// Asked by conditions of a daemon that did not see the trials end, too.
    @Test(arguments: [false, true]) func conditionsReadTheBest(isKilled: Bool) throws {
        try Installation.with { installation in
            try installation.dag(
                "tuning",
                """
                {"dag_id": "tuning", "tasks": [
                  {"task_id": "trial", "type": "train", "matrix": {"lr": [3, 1, 2]}, "outputs": ["x"],
                   "select": {"metric": "loss", "mode": "min"},
                   "command": "echo loss=0.$ORCHESTRATOR_PARAM_LR >> $ORCHESTRATOR_METRICS; echo x=1 >> $ORCHESTRATOR_OUTPUT"},
                  {"task_id": "wait", "depends_on": ["trial"], "command": "read line < go.fifo"},
                  {"task_id": "good", "depends_on": ["wait"], "command": "true",
                   "when": "outputs.trial.best_value <= 0.1 and outputs.trial.best_map_index == 1"},
                  {"task_id": "params", "depends_on": ["wait"], "command": "true", "when": "outputs.trial.best_params.lr == 1"},
                  {"task_id": "bad", "depends_on": ["wait"], "command": "true", "when": "outputs.trial.best_value > 0.1"}]}
                """)
            let go = try installation.fifo("dags/go.fifo")
            var daemon = try installation.start()
            let run = try daemon.trigger("tuning")
            try daemon.waitForTask("tuning", run, "wait", "running")
            if isKilled {
                daemon.kill()
                daemon = try installation.start()
            }
            go.release()
            let end = try daemon.waitForRun("tuning", run)
            #expect(end.state == "success")
            #expect(end.state("good") == "success" && end.state("params") == "success")
            #expect(end.state("bad") == "skipped")
        }
    }
}
