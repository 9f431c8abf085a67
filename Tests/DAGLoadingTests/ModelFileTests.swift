import DAGDomain
import DAGLoading
import Testing

/// `model` and the comparisons of gates, as files that are accepted and refused.
@Suite struct ModelFileTests {
    private func loaded(_ task: String, before: String = "") -> DAGFile {
        let text = """
            {"dag_id": "d", "tasks": [\(before){"task_id": "t", "command": "x", \(task)}]}
            """
        return load(text)
    }

    @Test func shortAndLongFormsOfATraining() throws {
        let short = try #require(
            loaded(#""type": "train", "model": "churn", "artifacts": ["m.bin"]"#).dag?.tasks[0].model)
        #expect(short == ModelUse(name: ModelName("churn"), artifact: "m.bin"))
        let long = try #require(
            loaded(
                #""type": "train", "depends_on": ["a"], "artifacts": ["m.bin", "ref.csv"], "#
                    + #""model": {"name": "c d", "artifact": "m.bin", "reference": "a.in.csv", "alias": "challenger", "environment": ["uv.lock"]}"#,
                before: #"{"task_id": "a", "command": "x", "artifacts": ["in.csv"]},"#
            ).dag?.tasks[1].model)
        var expected = ModelUse(
            name: ModelName("c d"), artifact: "m.bin",
            reference: .upstream(TaskID("a"), artifact: "in.csv"), alias: .challenger)
        expected.environment = ["uv.lock"]
        #expect(long == expected)
        let own = try #require(
            loaded(
                #""type": "train", "artifacts": ["m.bin", "ref.csv"], "#
                    + #""model": {"name": "c", "artifact": "m.bin", "reference": "ref.csv"}"#
            ).dag?.tasks[0].model)
        #expect(own.reference == .own("ref.csv"))
    }

    @Test func versions() throws {
        for (text, shown) in [("3", "3"), (#""champion""#, "champion"), (#""latest""#, "latest")] {
            let use = try #require(
                loaded(#""type": "evaluate", "model": {"name": "c", "version": \#(text)}"#).dag?.tasks[0]
                    .model)
            #expect(use.version == TemplateText(literal: shown))
        }
        // A training that promises other outputs has this one all the same.
        let named = loaded(
            #""type": "evaluate", "depends_on": ["a"], "model": {"name": "c", "version": "{{ outputs.a.model_version }}"}"#,
            before:
                #"{"task_id": "a", "type": "train", "command": "x", "artifacts": ["m"], "outputs": ["n"], "model": "c"},"#
        )
        #expect(named.errors.isEmpty, "\(named.errors)")
    }

    @Test func comparisons() throws {
        let gate = try #require(
            loaded(
                #""type": "evaluate", "model": "c", "artifacts": ["s.csv"], "gate": ["#
                    + #"{"metric": "m", "vs": "champion"}, {"metric": "m", "vs": "b", "max_delta": -0.5, "baseline": "recorded"},"#
                    + #"{"metric": "m", "minus": "n", "max": 1}, {"metric": "m", "slices": "worst", "min": 1}, {"metric": "m", "slice": "gap", "max": 1},"#
                    + #"{"metric": "mae", "vs": "champion", "min_delta": 0.1, "confidence": 0.9, "predictions": "s.csv"}]"#
            ).dag?.tasks[0].gate)
        #expect(
            gate.conditions.map(\.comparison) == [
                .version(VersionComparison(alias: .champion, minimumDelta: 0)),
                .version(
                    VersionComparison(alias: AliasName("b"), baseline: .recorded, maximumDelta: -0.5)),
                .minus("n"), .slices(.worst), .slices(.gap),
                .version(
                    VersionComparison(
                        alias: .champion, minimumDelta: 0.1,
                        bootstrap: GateBootstrap(confidence: 0.9, predictions: "s.csv"))),
            ])
    }

    static let refused: [(String, String)] = [
        (#""model": "c""#, "\"model\" needs a \"type\""),
        (#""type": "etl", "model": "c""#, "\"model\" needs a \"type\""),
        (#""type": "train", "model": "c""#, "needs the model's file in \"artifacts\""),
        (#""type": "train", "model": "c", "artifacts": ["a", "b"]"#, "say which is the model"),
        (
            #""type": "train", "model": {"name": "c", "artifact": "x"}, "artifacts": ["a"]"#,
            "no artifact of the task"
        ),
        (
            #""type": "train", "model": {"name": "c", "version": 3}, "artifacts": ["a"]"#,
            "\"version\" is not for a task"
        ),
        (
            #""type": "train", "model": {"name": "c", "reference": "a.b"}, "artifacts": ["a"]"#,
            "there is no task \"a\""
        ),
        (
            #""type": "train", "model": {"name": "c", "environment": "../x"}, "artifacts": ["a"]"#,
            "must be relative and stay inside the DAG's folder"
        ),
        (#""type": "evaluate", "model": {"name": "c", "artifact": "x"}"#, "\"artifact\" is not for a task"),
        (#""type": "evaluate", "model": {"name": "c", "version": "v1"}"#, "is not a version"),
        (#""type": "evaluate", "model": {"name": "c", "version": 0}"#, "1"),
        (#""type": "evaluate", "model": {"name": "c", "alias": "latest"}"#, "an alias"),
        (#""type": "evaluate", "model": {"nam": "c"}"#, "name"),
        (#""type": "evaluate", "model": "a/b""#, "the name of a model"),
        (#""type": "evaluate", "gate": [{"metric": "m", "vs": "champion"}]"#, "\"vs\" compares the version"),
        (
            #""type": "evaluate", "model": "c", "gate": [{"metric": "m", "min": 1, "min_delta": 1}]"#,
            "\"min_delta\" needs \"vs\""
        ),
        (
            #""type": "evaluate", "model": "c", "gate": [{"metric": "m", "vs": "a", "minus": "n"}]"#,
            "cannot be in one condition"
        ),
        (
            #""type": "evaluate", "model": "c", "gate": [{"metric": "m", "vs": "a", "min_delta": 2, "max_delta": 1}]"#,
            "no difference can pass"
        ),
        (#""gate": [{"metric": "m", "slices": "worst", "min": 0, "max": 1}]"#, "the worst slice"),
        (
            #""type": "evaluate", "model": "c", "gate": [{"metric": "mae", "vs": "a", "confidence": 0.9}]"#,
            "belong together"
        ),
        (
            #""type": "evaluate", "model": "c", "artifacts": ["s"], "gate": [{"metric": "f1", "vs": "a", "confidence": 1, "predictions": "s"}]"#,
            "\"confidence\" is between 0 and 1"
        ),
        (
            #""type": "evaluate", "model": "c", "artifacts": ["s"], "gate": [{"metric": "f1", "vs": "a", "confidence": 0.9, "predictions": "s"}]"#,
            "an interval can be had of accuracy"
        ),
        (#""env": {"ORCHESTRATOR_MODEL_PATH": "x"}"#, "is set by the program"),
    ]

    @Test(arguments: refused) func whatIsRefused(_ task: String, _ message: String) {
        let errors = loaded(task).errors.map(\.description)
        #expect(errors.contains { $0.contains(message) }, "\(errors)")
    }
}
