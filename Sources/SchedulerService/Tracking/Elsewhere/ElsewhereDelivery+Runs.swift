import DAGDomain
import JSONText
import Logging

/// What a run on the server is told with the end of its attempt.
extension ElsewhereDelivery {
    typealias Failure = TrackingServerFailure

    /// MLflow takes so many metrics in one request.
    private static let batch = 1_000

    func tell(_ step: TrackingStep, _ server: TrackingServer) async throws(Failure) {
        switch step {
        case .run(_, let detail): try await endRun(detail, server)
        case .model(let name): try await tellModel(name, server)
        case .renamed(let name, let old): try await server.rename(old, to: name)
        case .version(let key): try await tellVersion(key, server)
        case .tag(let name, let version, let key): try await tellTag(name, version, key, server)
        case .alias(let name, let alias): try await tellAlias(name, alias, server)
        }
    }

    private func endRun(_ detail: JSONObject, _ server: TrackingServer) async throws(Failure) {
        let metrics = detail["metrics"]?.arrayValue ?? []
        guard let run = try await runID(detail, isNeeded: !metrics.isEmpty, server) else { return }
        guard let row = try await server.run(run) else { return }
        var rest = metrics[...]
        while !rest.isEmpty {
            try await log(rest.prefix(Self.batch), on: run, server)
            rest = rest.dropFirst(Self.batch)
        }
        let experiment = row["info"]?["experiment_id"]?.stringValue ?? ""
        if metrics.isEmpty, detail["keep"] == nil, Self.isUntouched(row) {
            let isUsed: Bool
            if try await server.hasFiles(run) {
                isUsed = true
            } else {
                isUsed = try await server.hasChildren(run, in: experiment)
            }
            // Nobody cares for a run of a task that does not use MLflow.
            if !isUsed { return try await server.delete(run) }
        }
        try await server.end(
            run, as: detail["status"]?.stringValue ?? "FINISHED", endedAt: detail["ended_at"]?.intValue ?? 0)
    }

    /// A metric that the server does not take, because of its name, must not keep the others away.
    private func log(
        _ metrics: ArraySlice<JSONValue>, on run: String, _ server: TrackingServer
    ) async throws(Failure) {
        do throws(Failure) {
            try await server.log(Array(metrics), on: run)
        } catch {
            guard case .refused = error.kind else { throw error }
            guard metrics.count > 1 else {
                let name = metrics.first?["key"]?.stringValue ?? ""
                return logger.warning(
                    "the MLflow server does not take the metric `\(name)`: \(error.text)")
            }
            let half = metrics.count / 2
            try await log(metrics.prefix(half), on: run, server)
            try await log(metrics.dropFirst(half), on: run, server)
        }
    }

    /// The run of the attempt; made now when the server was down at its start and there is something to log.
    private func runID(
        _ detail: JSONObject, isNeeded: Bool, _ server: TrackingServer
    ) async throws(Failure) -> String? {
        if let known = detail["run_id"]?.stringValue { return known }
        guard isNeeded || detail["search"]?.boolValue == true, let draft = ElsewhereDraft(detail) else {
            return nil
        }
        let experiment = try await server.experiment(named: draft.experiment)
        if let found = try await server.run(of: experiment, tagged: [draft.attemptTag]) { return found }
        return isNeeded ? try await server.createRun(draft.run(in: experiment)) : nil
    }

    /// Whether a run is as it was made. One that a program has used without a trace was at least closed by it.
    private static func isUntouched(_ run: JSONValue) -> Bool {
        let data = run["data"]
        let lists = [
            data?["params"], data?["metrics"], run["inputs"]?["dataset_inputs"],
            run["inputs"]?["model_inputs"], run["outputs"]?["model_outputs"],
        ]
        let tags = (data?["tags"]?.arrayValue ?? []).compactMap { $0["key"]?.stringValue }
        return run["info"]?["status"]?.stringValue == "RUNNING"
            && lists.allSatisfy { $0?.arrayValue?.isEmpty ?? true }
            && tags.allSatisfy {
                $0.hasPrefix("orchestrator.") || $0 == "mlflow.runName" || $0 == "mlflow.user"
            }
    }
}
