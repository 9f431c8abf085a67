import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v2/variables`: those of the database. Sensitive values are never told here.
struct VariableRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("variables", use: list)
        api.post("variables", use: create)
        api.patch("variables", use: bulk)
        api.get("variables/:variable_key", use: get)
        api.patch("variables/:variable_key", use: patch)
        api.delete("variables/:variable_key", use: delete)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.VariableCollectionResponse> {
        let query = try QueryItems(request)
        let page = try query.page()
        let order = try query.ordering(["key", "id", "description", "is_encrypted", "value", "_val"])
        let all = try await backend.reading {
            try $0.controlPlane.asking { (values) throws(ValueError) in try values.variables() }
        }
        let found = all.filter { LikePattern.matches(query.patterns("variable_key_pattern"), $0.key) }
        let sorted = order.sorted(found) { $1 == "description" ? $0.description ?? "" : $0.key }
        return Answer(
            AirflowV2.VariableCollectionResponse(
                totalEntries: found.count,
                variables: sorted.dropFirst(page.offset).prefix(page.limit).map {
                    AirflowV2.VariableResponse($0)
                }))
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.VariableResponse> {
        Answer(AirflowV2.VariableResponse(try await backend.variable(try context.text("variable_key"))))
    }

    @Sendable private func create(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.VariableResponse> {
        let body = try await request.decodeBody(AirflowV2.VariableBody.self)
        guard try await backend.storedVariable(body.key) == nil else {
            throw APIError.duplicate("The Variable with key: `\(body.key)` already exists")
        }
        let variable = try await backend.put(try Variable(body), by: context.actor)
        return Answer(AirflowV2.VariableResponse(variable), status: .created)
    }

    @Sendable private func patch(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.VariableResponse> {
        let key = try context.text("variable_key")
        let mask = try QueryItems(request).all("update_mask").nonEmpty
        let body = try await request.decodeBody(AirflowV2.VariableBody.self)
        guard body.key == key else {
            throw APIError.badRequest("Invalid body, key from request body doesn't match uri parameter")
        }
        return Answer(
            AirflowV2.VariableResponse(try await backend.change(body, only: mask, by: context.actor)))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        let key = try context.text("variable_key")
        guard try await backend.deleteValue(.variable, key, by: context.actor) else {
            throw APIError.unknownVariable(key)
        }
        return NoContent()
    }

    @Sendable private func bulk(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BulkResponse> {
        let actor = context.actor
        let changes = BulkChanges<AirflowV2.VariableBody>(
            noun: "variable", label: "variable keys", name: { $0.key },
            exists: { try await backend.storedVariable($0) != nil },
            put: { body, mask in
                if let mask {
                    _ = try await backend.change(body, only: mask, by: actor)
                } else {
                    _ = try await backend.put(try Variable(body), by: actor)
                }
            }, delete: { _ = try await backend.deleteValue(.variable, $0, by: actor) })
        return Answer(try await changes.perform(try await request.decodeBody(AirflowV2.BulkBody.self)))
    }
}

extension APIError {
    static func unknownVariable(_ key: String) -> APIError {
        .unknown(.variable, "The Variable with key: `\(key)` was not found")
    }
}

extension Backend {
    func storedVariable(_ key: String) async throws -> Variable? {
        try await reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.storedVariable(key) }
        }
    }

    func variable(_ key: String) async throws -> Variable {
        guard let variable = try await storedVariable(key) else { throw APIError.unknownVariable(key) }
        return variable
    }

    func put(_ variable: Variable, by actor: String) async throws -> Variable {
        try await reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in
                try values.set(variable, by: actor)
            }
            return variable
        }
    }

    /// Changes a variable; a sensitive value that comes back as `***` stays what it is.
    func change(
        _ body: AirflowV2.VariableBody, only mask: [String]?, by actor: String
    ) async throws -> Variable {
        var variable = try await variable(body.key)
        let given = try Variable(body)
        if mask?.contains("value") ?? true,
            given.value != SensitiveNames.mask || variable.shownValue != SensitiveNames.mask
        {
            variable.value = given.value
        }
        if mask?.contains("description") ?? true { variable.description = given.description }
        return try await put(variable, by: actor)
    }

    func deleteValue(_ kind: SealedKind, _ name: String, by actor: String) async throws -> Bool {
        try await reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in
                try values.delete(kind, name, by: actor)
            }
        }
    }
}

extension Variable {
    /// - Throws: `APIError.invalidBody` when the key is not one.
    fileprivate init(_ body: AirflowV2.VariableBody) throws {
        guard Variable.isValid(key: body.key) else {
            throw APIError.invalidBody([
                .body(
                    "string_too_long", at: ["key"], "Key should have 1 to 250 characters",
                    input: .string(body.key))
            ])
        }
        self.init(
            key: body.key, value: body.value.stringValue ?? body.value.text(), description: body.description)
    }
}

extension AirflowV2.VariableResponse {
    fileprivate init(_ variable: Variable) {
        self.init(description: variable.description, key: variable.key, value: variable.shownValue)
    }
}
