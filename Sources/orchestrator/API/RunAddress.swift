import ArgumentParser
import JSONText

/// The arguments DAG and RUN of a command.
struct RunArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Argument(
        help: ArgumentHelp("The run's id, or `latest` for the newest run of the DAG.", valueName: "run"))
    var run: String
}

/// The arguments DAG, RUN and TASK of a command.
struct TaskArguments: ParsableArguments {
    @OptionGroup var place: RunArguments

    @Argument(help: ArgumentHelp("The task's id.", valueName: "task"))
    var task: String

    @Option(help: "Which instance of a mapped task.")
    var mapIndex: Int?
}

/// Where a run is in the API.
struct RunAddress: Sendable, Equatable {
    let dag: String
    let run: String

    var parts: [String] { ["api", "v1", "dags", dag, "runs", run] }

    func task(_ task: String) -> [String] { parts + ["tasks", task] }
}

extension APIClient {
    /// Turns `latest` into the id of the newest run; any other id is taken as it is.
    func address(_ place: RunArguments) async throws -> RunAddress {
        try await address(dag: place.dag, run: place.run)
    }

    func address(dag: String, run: String) async throws -> RunAddress {
        guard run == "latest" else { return RunAddress(dag: dag, run: run) }
        let rows = try await rows(["api", "v1", "dags", dag, "runs"], query: [("limit", "1")])
        guard let run = rows.first?["run_id"]?.stringValue else {
            throw CommandFailure(.notFound, "the DAG \(dag) has no run yet")
        }
        return RunAddress(dag: dag, run: run)
    }

    /// A run with its task instances.
    func details(_ address: RunAddress) async throws -> JSONObject {
        try await object(address.parts)
    }
}
