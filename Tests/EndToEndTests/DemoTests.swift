import JSONText
import Testing

/// The DAGs that ship, on the real tables with real training. `make test` has made the Python environment before.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DemoTests {
    private static let dags = Programs.project + "/dags"

    private func run(_ installation: Installation, _ dag: String, _ parameters: [String]) throws -> RunView {
        let options =
            parameters.flatMap { ["--param", $0] } + ["--param", "state_dir=\(installation.path("state"))"]
        let arguments = ["run", dag, "--dags", Self.dags, "--output", "json"] + options
        let result = try installation.call(arguments, seconds: 300)
        guard result.status == 0 else { throw HarnessError("\(dag) failed:\n\(result.errors)") }
        return RunView(json: try result.json())
    }

    private func newest(_ installation: Installation, _ dag: String) throws -> RunView {
        let shown = try installation.call(
            "runs", "show", dag, "latest", "--dags", Self.dags, "--output", "json")
        return RunView(json: try shown.json())
    }

    @Test func theShippedFilesAreValid() throws {
        try Installation.with { installation in
            let result = try installation.call("validate", Self.dags)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }
    }

    @Test func helloRuns() throws {
        try Installation.with { installation in
            let (status, run) = try installation.run("hello", "--dags", Self.dags)
            #expect(status == 0)
            #expect(Set(run.states.values) == ["success"])
        }
    }

    @Test func driftStartsRetrainingAndABetterModelIsPromoted() throws {
        try Installation.with { installation in
            let quiet = try run(installation, "employment_monitoring", ["batch=2016"])
            #expect(quiet.state("trigger_retraining") == "skipped")

            let drifted = try run(installation, "employment_monitoring", ["batch=2018"])
            #expect(drifted.state("trigger_retraining") == "success")
            let retraining = try newest(installation, "employment_retraining")
            #expect(retraining.state == "success")
            #expect(retraining.state("promote") == "success")

            // The model that was promoted knows the batch: nothing is left to retrain for.
            let again = try run(installation, "employment_monitoring", ["batch=2018"])
            #expect(again.state("trigger_retraining") == "skipped")
        }
    }
}
