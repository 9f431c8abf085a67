import DAGDomain
import JSONText

/// MLflow's REST API, as far as an orchestrator speaks it to a server of the person's own.
/// Source: the service definitions of MLflow 3 (`service.proto`, `model_registry.proto`).
struct TrackingServer: Sendable {
    typealias Failure = TrackingServerFailure

    /// Without a slash at its end.
    let url: String
    let transport: any TrackingTransport
    let credentials: TrackingCredentials?

    private static let patience = Duration.seconds(30)
    /// For a file of any size.
    private static let uploadPatience = Duration.seconds(3_600)

    /// A run that is to be made.
    struct Draft: Sendable {
        let experiment: String
        let name: String
        /// Milliseconds since 1970.
        let startedAt: Int64
        let tags: [(String, String)]
    }

    // MARK: Requests

    func get(_ path: String, _ query: [(String, String)] = []) async throws(Failure) -> JSONObject {
        let text = query.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
        return try await send("GET", "/api/2.0/mlflow/\(path)" + (text.isEmpty ? "" : "?" + text), .none)
    }

    @discardableResult
    func call(
        _ path: String, _ body: JSONObject, method: String = "POST"
    ) async throws(Failure) -> JSONObject {
        try await send(method, "/api/2.0/mlflow/\(path)", .json(body))
    }

    private func send(
        _ method: String, _ path: String, _ content: TrackingRequest.Content,
        within limit: Duration = patience
    ) async throws(Failure) -> JSONObject {
        try await transport.send(
            TrackingRequest(
                method: method, url: url + path, content: content, credentials: credentials, timeout: limit))
    }

    // MARK: Experiments and runs

    /// The id of an experiment, which is made if it is not there.
    func experiment(named name: String) async throws(Failure) -> String {
        if let found = try await activeExperiment(named: name) { return found }
        do throws(Failure) {
            let made = try await call("experiments/create", ["name": .string(name)])
            return try Self.text(made["experiment_id"], "an experiment")
        } catch {
            // Somebody was faster.
            if error.saysTaken, let found = try await activeExperiment(named: name) { return found }
            throw error
        }
    }

    private func activeExperiment(named name: String) async throws(Failure) -> String? {
        let found: JSONObject
        do throws(Failure) {
            found = try await get("experiments/get-by-name", [("experiment_name", name)])
        } catch {
            if error.saysMissing { return nil }
            throw error
        }
        let experiment = found["experiment"]
        guard experiment?["lifecycle_stage"]?.stringValue != "deleted" else {
            throw Failure(.impossible, "the experiment `\(name)` is deleted on the MLflow server")
        }
        return try Self.text(experiment?["experiment_id"], "an experiment")
    }

    func createRun(_ draft: Draft) async throws(Failure) -> String {
        let answer = try await call(
            "runs/create",
            [
                "experiment_id": .string(draft.experiment), "run_name": .string(draft.name),
                "start_time": .integer(draft.startedAt), "tags": .array(Self.pairs(draft.tags)),
            ])
        return try Self.text(answer["run"]?["info"]?["run_id"], "a run")
    }

    /// - Returns: nil when there is none, or only a deleted one.
    func run(_ id: String) async throws(Failure) -> JSONValue? {
        do throws(Failure) {
            let run = try await get("runs/get", [("run_id", id)])["run"]
            return run?["info"]?["lifecycle_stage"]?.stringValue == "deleted" ? nil : run
        } catch {
            if error.saysMissing { return nil }
            throw error
        }
    }

    /// The newest run of an experiment with these tags.
    func run(
        of experiment: String, tagged tags: [(String, String)]
    ) async throws(Failure) -> String? {
        let filter = tags.map { "tags.`\($0.0)` = \(Self.quoted($0.1))" }.joined(separator: " AND ")
        let found = try await call(
            "runs/search",
            [
                "experiment_ids": [.string(experiment)], "filter": .string(filter), "max_results": 1,
                "order_by": ["attributes.start_time DESC"],
            ])
        return found["runs"]?.arrayValue?.first?["info"]?["run_id"]?.stringValue
    }

    func hasChildren(_ run: String, in experiment: String) async throws(Failure) -> Bool {
        try await self.run(of: experiment, tagged: [("mlflow.parentRunId", run)]) != nil
    }

    func hasFiles(_ run: String) async throws(Failure) -> Bool {
        try await get("artifacts/list", [("run_id", run)])["files"]?.arrayValue?.isEmpty == false
    }

    /// - Parameter metrics: at most 1,000.
    func log(_ metrics: [JSONValue], on run: String) async throws(Failure) {
        try await call("runs/log-batch", ["run_id": .string(run), "metrics": .array(metrics)])
    }

    /// - Parameter endedAt: milliseconds since 1970.
    func end(_ run: String, as status: String, endedAt: Int64) async throws(Failure) {
        try await call(
            "runs/update",
            ["run_id": .string(run), "status": .string(status), "end_time": .integer(endedAt)])
    }

    func delete(_ run: String) async throws(Failure) {
        try await call("runs/delete", ["run_id": .string(run)])
    }

    // MARK: Files

    /// Puts a file beside those of a run, when the server takes files itself.
    ///
    /// - Parameter location: the run's `artifact_uri`.
    /// - Returns: the URI of the folder with the file; nil when the server leaves files to another store.
    func upload(_ file: String, named name: String, to location: String) async throws(Failure) -> String? {
        guard let rest = Self.proxiedPath(of: location) else { return nil }
        let path = "\(rest)/model/\(name)".split(separator: "/").map { String($0).percentEncoded }
        _ = try await send(
            "PUT", "/api/2.0/mlflow-artifacts/artifacts/" + path.joined(separator: "/"), .file(file),
            within: Self.uploadPatience)
        return location + "/model"
    }

    /// The path behind `mlflow-artifacts:/` or `mlflow-artifacts://HOST/`.
    private static func proxiedPath(of location: String) -> Substring? {
        let scheme = "mlflow-artifacts:"
        guard location.hasPrefix(scheme) else { return nil }
        let rest = location.dropFirst(scheme.count)
        guard rest.hasPrefix("//") else { return rest }
        return rest.dropFirst(2).drop { $0 != "/" }
    }

    // MARK: Words

    static func text(_ value: JSONValue?, _ what: String) throws(Failure) -> String {
        guard let text = value?.stringValue, !text.isEmpty else {
            throw Failure(.unreachable, "its answer about \(what) is not that of an MLflow server")
        }
        return text
    }

    static func pairs(_ texts: [(String, String)]) -> [JSONValue] {
        texts.map { ["key": .string($0.0), "value": .string($0.1)] }
    }

    /// For a filter, which has no escapes.
    static func quoted(_ text: String) -> String { text.contains("'") ? "\"\(text)\"" : "'\(text)'" }
}
