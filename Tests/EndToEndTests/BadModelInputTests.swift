import Glibc
import JSONText
import Testing

/// What trainings and evaluations may leave that is wrong, and what people are told of it. A model file removed by hand,
/// and an alias that moves during an evaluation, are in `ModelTests`.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct BadModelInputTests {
    private static func evaluation(_ metrics: String, gate: String) -> String {
        #"""
        {"dag_id": "bad", "tasks": [
          {"task_id": "train", "type": "train", "model": "churn", "artifacts": ["f"],
           "command": "echo $ORCHESTRATOR_RUN_ID > $ORCHESTRATOR_ARTIFACTS/f; printf 'loss=nan\\nauc=inf\\n' >> $ORCHESTRATOR_METRICS"},
          {"task_id": "evaluate", "type": "evaluate", "depends_on": ["train"], "retries": 2, "retry_delay": 0,
           "model": {"name": "churn", "alias": "champion"}, "gate": [\#(gate)],
           "command": "printf '\#(metrics)' >> $ORCHESTRATOR_METRICS"}]}
        """#
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let metrics: String
        var gate = #"{"metric": "auc", "min": 0.5}"#
        let reason: String

        var testDescription: String { "\(metrics) \(gate)" }
    }

    private nonisolated static let cases = [
        Case(metrics: #"auc=nan\\n"#, reason: "(it is not a number)"),
        Case(metrics: #"auc=inf\\n"#, reason: "(it is infinite)"),
        Case(
            metrics: #"auc=-Infinity\\n"#, gate: #"{"metric": "auc", "max": 0.5}"#, reason: "(it is infinite)"
        ),
        Case(
            metrics: #"acc=0.9\\nloss=0.1\\n"#, reason: "auc was not reported; reported: acc, loss"),
        Case(metrics: "", reason: "auc was not reported; no metric was"),
        Case(
            metrics: #"auc=0.9\\ntrain_auc=nan\\n"#,
            gate: #"{"metric": "train_auc", "minus": "auc", "max": 0.1}"#, reason: "(it is not a number)"),
        Case(
            metrics: #"auc[a]=0.9\\nauc[b]=nan\\n"#,
            gate: #"{"metric": "auc", "slices": "worst", "min": 0.1}"#,
            reason: "(it is not a number in auc[b])"),
    ]

    /// The gate fails and says what is wrong, the alias stays where it is, nothing is tried again, and what was recorded
    /// with the versions can still be read.
    @Test(arguments: cases) func aMetricThatCannotBeJudgedFailsTheGate(_ bad: Case) throws {
        try Installation.with { installation in
            let file = try installation.dag("bad", Self.evaluation(bad.metrics, gate: bad.gate))
            let run = try installation.run(file)
            #expect(run.status == 1 && run.run.instance("evaluate")?["try_number"] == 1)
            let why = try installation.call("why", "bad", "latest", "evaluate").output
            #expect(why.contains("its gate did not hold") && why.contains(bad.reason), "\(why)")
            let model = try installation.call("models", "show", "churn", "--output", "json").json()
            #expect(model["aliases"] == [:], "\(model)")
            let version = try installation.call("models", "show", "churn@1", "--output", "json")
            #expect(version.status == 0)
            #expect(try version.json()["status"] == "READY")
            #expect(try installation.call("models", "compare", "churn", "1", "1").status == 0)
            #expect(try installation.call("experiments", "show", "bad", "--output", "json").status == 0)
        }
    }

    /// A model that lies outside the task's folder, or leads out of it, is no model: the training fails and makes no version.
    @Test func aModelOutsideItsFolderIsRefused() throws {
        try Installation.with { installation in
            let secret = installation.path("secret")
            try Files.write("secret\n", to: secret)
            let training = { (artifact: String, command: String) in
                """
                {"dag_id": "out", "tasks": [{"task_id": "t", "type": "train", "model": "churn",
                 "artifacts": ["\(artifact)"], "command": "cd $ORCHESTRATOR_ARTIFACTS; \(command)"}]}
                """
            }
            for path in ["../f", "/etc/passwd", "a/../../f", "."] {
                let file = try installation.dag("out", training(path, "true"))
                #expect(try installation.call("validate", file).status == 65, "\(path)")
            }
            let commands = [
                ("f", "ln -s \(secret) f", "symbolic link"),
                ("d/f", "ln -s \(installation.folder) d", "symbolic link"),
                ("f", "mkfifo f", "not a file"), ("f", "mkdir f", "not a file"),
                ("f", "ln -s f f", "symbolic link"), ("f", "echo x > g", "there is g"),
            ]
            for (artifact, command, reason) in commands {
                let file = try installation.dag("out", training(artifact, command))
                #expect(try installation.run(file).status == 1, "\(command)")
                let why = try installation.call("why", "out", "latest", "t").output
                #expect(why.contains(reason), "\(command): \(why)")
            }
            #expect(try installation.call("models", "list", "--output", "json").json() == [])
            #expect(Files.text(secret) == "secret\n")
        }
    }
}
