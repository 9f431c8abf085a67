import JSONText

/// What `run` was asked to run: a DAG of the folder, or a file anywhere.
struct RunOrder: Sendable {
    enum Target: Sendable, Equatable {
        case dag(String)
        /// An absolute path.
        case file(String)
        /// The place of a model's version in the API.
        case reproduction([String])
        /// The place of a model's alias in the API.
        case rollback([String])
    }

    let target: Target
    let body: JSONObject

    /// A text with a slash or with the ending `.json`, or that names a file, is a path.
    init(target text: String, body: JSONObject) throws(CommandFailure) {
        self.body = body
        let looksLikePath = text.contains("/") || text.hasSuffix(".json")
        guard looksLikePath || FileAccess.kind(of: text) == .file else {
            target = .dag(text)
            return
        }
        guard FileAccess.exists(text) else { throw CommandFailure(.notFound, "there is no file \(text)") }
        target = .file(FileAccess.resolved(text))
    }

    init(reproducing version: [String]) {
        target = .reproduction(version)
        body = JSONObject()
    }

    init(rollingBack alias: [String], body: JSONObject) {
        target = .rollback(alias)
        self.body = body
    }

    /// Asks for the run.
    ///
    /// - Returns: where it is.
    func submit(to client: APIClient, dagFolder: String) async throws -> RunAddress {
        do {
            let run = try await request(client)
            guard let dag = run["dag_id"]?.stringValue, let runID = run["run_id"]?.stringValue else {
                throw CommandFailure(.ownFault, "the answer of \(client.transport.place) names no run")
            }
            return RunAddress(dag: dag, run: runID)
        } catch var failure as CommandFailure where failure.status == .notFound && failure.hint == nil {
            switch target {
            case .reproduction, .rollback: throw failure
            case .dag, .file: break
            }
            failure.hint = "the DAG folder is \(dagFolder); a DAG file elsewhere is run by its path"
            throw failure
        } catch var failure as CommandFailure where failure.status == .badData {
            // The API tells places without the file.
            if case .file(let path) = target {
                failure.messages = failure.messages.map { Self.isPlace($0) ? "\(path):\($0)" : $0 }
            }
            throw failure
        }
    }

    /// Whether a message begins with `line:column:`.
    private static func isPlace(_ message: String) -> Bool {
        let parts = message.split(separator: ":", maxSplits: 2)
        return parts.count == 3 && parts[0].allSatisfy(\.isNumber) && parts[1].allSatisfy(\.isNumber)
    }

    private func request(_ client: APIClient) async throws -> JSONValue {
        switch target {
        case .dag(let dag):
            return try await client.post(["api", "v1", "dags", dag, "runs"], body: .object(body))
        case .file(let path):
            let full = JSONObject([("path", .string(path))]).merging(body)
            return try await client.post(["api", "v1", "run-file"], body: .object(full))
        case .reproduction(let version):
            return try await client.post(version + ["reproduce"], body: .object(body))
        case .rollback(let alias):
            return try await client.post(alias + ["rollback"], body: .object(body))
        }
    }
}
