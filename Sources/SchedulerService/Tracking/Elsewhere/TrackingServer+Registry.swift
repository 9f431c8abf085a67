import DAGDomain
import JSONText

/// The registry of models of an MLflow server. Everything can be asked twice.
extension TrackingServer {
    /// The tag that finds a version again which an earlier try has made.
    static let markTag = "orchestrator.mark"

    func ensureModel(_ name: ModelName, description: String) async throws(Failure) {
        do throws(Failure) {
            try await call(
                "registered-models/create",
                ["name": .string(name.text), "description": .string(description)])
        } catch {
            if error.saysTaken { return }
            throw error
        }
    }

    func describe(_ name: ModelName, _ text: String) async throws(Failure) {
        try await call(
            "registered-models/update", ["name": .string(name.text), "description": .string(text)],
            method: "PATCH")
    }

    /// Nothing when there is no such model there, or one with the new name already.
    func rename(_ name: ModelName, to newName: ModelName) async throws(Failure) {
        do throws(Failure) {
            try await call(
                "registered-models/rename",
                ["name": .string(name.text), "new_name": .string(newName.text)])
        } catch {
            if error.saysMissing || error.saysTaken { return }
            throw error
        }
    }

    /// The versions of a model that a filter finds, as the server tells them.
    func versions(of name: ModelName, where clause: String) async throws(Failure) -> [JSONValue] {
        let filter = "name = \(Self.quoted(name.text)) AND \(clause)"
        return try await get("model-versions/search", [("filter", filter), ("max_results", "10")])[
            "model_versions"]?.arrayValue ?? []
    }

    /// - Returns: its number.
    func createVersion(_ body: JSONObject) async throws(Failure) -> String {
        try Self.number(try await call("model-versions/create", body)["model_version"])
    }

    /// Whether a version is there.
    func hasVersion(_ number: String, of name: ModelName) async throws(Failure) -> Bool {
        do throws(Failure) {
            _ = try await get("model-versions/get", [("name", name.text), ("version", number)])
            return true
        } catch {
            if error.saysMissing { return false }
            throw error
        }
    }

    func describe(_ number: String, of name: ModelName, _ text: String) async throws(Failure) {
        try await call(
            "model-versions/update",
            ["name": .string(name.text), "version": .string(number), "description": .string(text)],
            method: "PATCH")
    }

    /// Sets or removes a tag of a model or of one of its versions.
    func tag(
        _ name: ModelName, _ number: String?, key: String, value: String?
    ) async throws(Failure) {
        let place = number == nil ? "registered-models" : "model-versions"
        var body: JSONObject = ["name": .string(name.text), "key": .string(key)]
        body["version"] = number.map(JSONValue.string)
        if let value {
            body["value"] = .string(value)
            try await call("\(place)/set-tag", body)
            return
        }
        do throws(Failure) { try await call("\(place)/delete-tag", body, method: "DELETE") } catch {
            if error.saysMissing { return }
            throw error
        }
    }

    func setAlias(_ alias: AliasName, of name: ModelName, to number: String) async throws(Failure) {
        try await call(
            "registered-models/alias",
            ["name": .string(name.text), "alias": .string(alias.text), "version": .string(number)])
    }

    func removeAlias(_ alias: AliasName, of name: ModelName) async throws(Failure) {
        do throws(Failure) {
            try await call(
                "registered-models/alias",
                ["name": .string(name.text), "alias": .string(alias.text)], method: "DELETE")
        } catch {
            if error.saysMissing { return }
            throw error
        }
    }

    /// Servers say it as a text or as a number.
    static func number(_ version: JSONValue?) throws(Failure) -> String {
        if let number = version?["version"]?.intValue { return "\(number)" }
        return try text(version?["version"], "a version")
    }
}
