import APITypes
import Hummingbird
import JSONText

/// Carries out Airflow's bulk requests for one kind of entity. Each action is done whole or, when one of its entities
/// does not fit, not at all; the next action goes on.
struct BulkChanges<Body: StrictBody & Sendable>: Sendable {
    /// For messages: "variable".
    let noun: String
    /// For messages: "variable keys".
    let label: String
    let name: @Sendable (Body) -> String
    let exists: @Sendable (String) async throws -> Bool
    /// Makes or replaces an entity; with a list, changes only these members of one that is there.
    let put: @Sendable (Body, [String]?) async throws -> Void
    let delete: @Sendable (String) async throws -> Void

    func perform(_ body: AirflowV2.BulkBody) async throws -> AirflowV2.BulkResponse {
        var response = AirflowV2.BulkResponse()
        for action in body.actions {
            var result = AirflowV2.BulkActionResponse()
            do {
                result.success = try await perform(action)
            } catch let error as APIError {
                result.errors = [Self.mistake(error)]
            }
            switch action.action {
            case .create: response.create.add(result)
            case .update: response.update.add(result)
            case .delete: response.delete.add(result)
            }
        }
        return response
    }

    private static func mistake(_ error: APIError) -> JSONObject {
        let detail = error.body.detail
        let text = (detail["orig_error"] ?? detail).stringValue ?? detail.text()
        return ["error": .string(text), "status_code": .integer(Int64(error.status.code))]
    }

    /// - Returns: the names of what was changed.
    private func perform(_ action: AirflowV2.BulkAction) async throws -> [String] {
        if action.action == .delete { return try await remove(action) }
        var present: [Body] = []
        var absent: [Body] = []
        for entity in action.entities {
            let body: Body = try Request.decode(entity)
            if try await exists(name(body)) { present.append(body) } else { absent.append(body) }
        }
        if action.action == .create {
            let mode = action.actionOnExistence ?? .fail
            guard present.isEmpty || mode != .fail else {
                throw APIError.duplicate(
                    "The \(noun)s with these \(label): \(list(present.map(name))) already exist.")
            }
            return try await put(mode == .overwrite ? present + absent : absent, nil)
        }
        guard absent.isEmpty || action.actionOnNonExistence == .skip else { throw unknown(absent.map(name)) }
        return try await put(present, action.updateMask)
    }

    private func put(_ bodies: [Body], _ mask: [String]?) async throws -> [String] {
        for body in bodies { try await put(body, mask) }
        return bodies.map(name)
    }

    private func remove(_ action: AirflowV2.BulkAction) async throws -> [String] {
        var present: [String] = []
        var absent: [String] = []
        for entity in action.entities {
            let name = try entity.stringValue ?? name(Request.decode(entity))
            if try await exists(name) { present.append(name) } else { absent.append(name) }
        }
        guard absent.isEmpty || action.actionOnNonExistence == .skip else { throw unknown(absent) }
        for name in present { try await delete(name) }
        return present
    }

    private func unknown(_ names: [String]) -> APIError {
        .unknown(
            APIError.Subject(rawValue: noun) ?? .file,
            "The \(noun)s with these \(label): \(list(names)) were not found.")
    }

    /// As Python shows a set.
    private func list(_ names: [String]) -> String {
        "{" + names.map { "'\($0)'" }.joined(separator: ", ") + "}"
    }
}

extension AirflowV2.BulkActionResponse? {
    fileprivate mutating func add(_ other: AirflowV2.BulkActionResponse) {
        self = AirflowV2.BulkActionResponse(
            success: (self?.success ?? []) + other.success, errors: (self?.errors ?? []) + other.errors)
    }
}
