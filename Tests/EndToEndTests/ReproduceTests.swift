import JSONText
import Testing

/// `reproduce`: the run that made a version of a model, once more.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ReproduceTests {
    private static let text = #"""
        {"dag_id": "m", "params": {"seed": 7}, "default_args": {"cache": true}, "tasks": [
          {"task_id": "data", "command": "cat data.csv > $ORCHESTRATOR_ARTIFACTS/d.csv", "artifacts": ["d.csv"]},
          {"task_id": "train", "type": "train", "model": "churn", "depends_on": ["data"], "artifacts": ["model.bin"],
           "command": ["sh", "train.sh"]},
          {"task_id": "evaluate", "type": "evaluate", "model": {"name": "churn", "alias": "champion"}, "depends_on": ["train"],
           "command": "cat auc >> $ORCHESTRATOR_METRICS", "gate": [{"metric": "auc", "min": 0.1}]},
          {"task_id": "deploy", "type": "deploy", "model": "churn", "depends_on": ["evaluate"],
           "command": "echo $ORCHESTRATOR_MODEL_VERSION >> ../deployed"}]}
        """#

    private func trained(_ body: (Installation) throws -> Void) throws {
        try Installation.with { installation in
            try installation.dag("m", Self.text)
            try Files.write("a\n1\n", to: installation.dags + "/data.csv")
            try Files.write("auc=0.75\n", to: installation.dags + "/auc")
            try Files.write(
                "echo ran >> ../ran; echo loss=0.$ORCHESTRATOR_PARAM_SEED >> $ORCHESTRATOR_METRICS; "
                    + "echo w > $ORCHESTRATOR_ARTIFACTS/model.bin\n", to: installation.dags + "/train.sh")
            let run = try installation.call("run", "m", "--run-id", "first", "--param", "seed=3")
            #expect(run.status == 0, "\(run.errors)")
            try body(installation)
        }
    }

    private func champion(_ installation: Installation) throws -> JSONValue? {
        try installation.call("models", "show", "churn", "--output", "json").json()["aliases"]
    }

    @Test func aVersionIsMadeAgainAndNothingMoves() throws {
        try trained { installation in
            let before = try champion(installation)
            // The DAG of today is another one, and the cache would have the answer.
            try installation.dag(
                "m", Self.text.replacing("\"seed\": 7", with: "\"seed\": 8").replacing("0.1}", with: "0.9}"))
            let result = try installation.call("reproduce", "churn@champion", "--output", "json")
            let answer = try result.json()
            #expect(result.status == 0, "\(result.errors)")
            #expect(answer["reproduced"] == true && answer["version"] == 1)
            let metrics = answer["metrics"]?.arrayValue ?? []
            #expect(metrics.compactMap { $0["name"]?.stringValue } == ["auc", "loss"])
            #expect(metrics.allSatisfy { $0["difference"] == 0 && $0["within"] == true })
            #expect(Files.lines(installation.path("ran")).count == 2, "not from the cache")
            #expect(Files.lines(installation.path("deployed")) == ["1"], "nothing is deployed")
            #expect(try champion(installation) == before)
            let versions = try installation.call("models", "list", "churn", "--output", "json").json()
                .arrayValue
            #expect(versions?.count == 2)
        }
    }

    @Test func aDifferenceIsToldAndWeighed() throws {
        try trained { installation in
            try Files.write("auc=0.7500001\n", to: installation.dags + "/auc")
            try Files.write("a\n2\n", to: installation.dags + "/data.csv")
            let strict = try installation.call("reproduce", "churn@1")
            #expect(strict.status == 1 && strict.output.contains("✘"), "\(strict.output) \(strict.errors)")
            #expect(strict.errors.contains("the data d.csv of data has the hash"))
            #expect(strict.errors.contains("1 of 2 metrics differ"))
            let lenient = try installation.call("reproduce", "churn@1", "--tolerance", "1e-3")
            #expect(lenient.status == 0 && lenient.errors.contains("churn@1 was reproduced"))
            try Files.write("exit 3\n", to: installation.dags + "/train.sh")
            let failed = try installation.call("reproduce", "churn@1")
            #expect(failed.status == 1 && failed.errors.contains("failed: train, evaluate"))
        }
    }

    @Test func whatCannotBeReproducedIsSaid() throws {
        try trained { installation in
            let refused: [([String], Int32)] = [
                (["churn"], 64), (["churn@9"], 66), (["nobody@1"], 66), (["churn@1", "--tolerance=-1"], 64),
            ]
            for (arguments, status) in refused {
                let result = try installation.call(["reproduce"] + arguments)
                #expect(result.status == status, "\(arguments): \(result.errors)")
            }
        }
    }
}
