import DAGDomain
import HTTPTypes
import JSONText
import SchedulerService
import StateStore

/// `/api/2.0/mlflow/registered-models`: MLflow's view of the registry of models.
enum RegisteredModelRoutes {
    private static let maximumRows = 1000

    static func add(to router: TrackingRouter) {
        router.onAsync(.post, "registered-models/create", create)
        router.onAsync(.post, "registered-models/rename", rename)
        router.onAsync(.patch, "registered-models/update", update)
        router.onAsync(.delete, "registered-models/delete", delete)
        router.on(.get, "registered-models/get") { call in
            try answer(try call.plane.registeredModel(call.fields.modelName()), call)
        }
        router.on(.get, "registered-models/search", search)
        router.on(.get, "registered-models/get-latest-versions", latestVersions)
        router.on(.post, "registered-models/get-latest-versions", latestVersions)
        router.onAsync(.post, "registered-models/set-tag", setTag)
        router.onAsync(.delete, "registered-models/delete-tag", deleteTag)
        router.onAsync(.post, "registered-models/alias", setAlias)
        router.onAsync(.delete, "registered-models/alias", deleteAlias)
        router.on(.get, "registered-models/alias", byAlias)
    }

    private static func answer(_ row: RegisteredModelRow, _ call: TrackingCall) throws -> JSONObject {
        ["registered_model": TrackingJSON.model(row, latest: try latest(row, call))].objectMembers
    }

    private static func latest(_ row: RegisteredModelRow, _ call: TrackingCall) throws -> ModelVersionRow? {
        guard let number = row.latest else { return nil }
        return try call.store.modelVersion(ModelVersionKey(row.model.name, number))
    }

    @Sendable private static func create(_ call: TrackingCall) async throws -> JSONObject {
        let fields = call.fields
        let row = try await call.plane.createModel(
            try fields.modelName(), description: try fields.text("description") ?? "",
            tags: try fields.registryTags(), by: call.actor)
        return ["registered_model": TrackingJSON.model(row, latest: nil)].objectMembers
    }

    @Sendable private static func rename(_ call: TrackingCall) async throws -> JSONObject {
        let row = try await call.plane.renameModel(
            try call.fields.modelName(), to: try call.fields.modelName("new_name"), by: call.actor)
        return try await call.backend.reading { _ in try answer(row, call) }
    }

    @Sendable private static func update(_ call: TrackingCall) async throws -> JSONObject {
        let name = try call.fields.modelName()
        try await call.plane.describeModel(name, try call.fields.text("description") ?? "", by: call.actor)
        return try await call.backend.reading { _ in try answer(try call.plane.registeredModel(name), call) }
    }

    @Sendable private static func delete(_ call: TrackingCall) async throws -> JSONObject {
        try await call.plane.deleteModel(try call.fields.modelName(), by: call.actor)
        return JSONObject()
    }

    @Sendable private static func setTag(_ call: TrackingCall) async throws -> JSONObject {
        let tag = try call.fields.registryTag()
        try await call.plane.tagModel(
            try call.fields.modelName(), key: tag.key, value: tag.value, by: call.actor)
        return JSONObject()
    }

    @Sendable private static func deleteTag(_ call: TrackingCall) async throws -> JSONObject {
        try await call.plane.tagModel(
            try call.fields.modelName(), key: try call.fields.required("key"), value: nil, by: call.actor)
        return JSONObject()
    }

    // MARK: Aliases

    @Sendable private static func setAlias(_ call: TrackingCall) async throws -> JSONObject {
        let key = try call.fields.versionKey()
        try await call.plane.setAlias(
            try call.fields.alias(), of: key.model, to: key.version, by: call.actor, reason: "through MLflow")
        return JSONObject()
    }

    @Sendable private static func deleteAlias(_ call: TrackingCall) async throws -> JSONObject {
        try await call.plane.removeAlias(
            try call.fields.alias(), of: try call.fields.modelName(), by: call.actor, reason: "through MLflow"
        )
        return JSONObject()
    }

    @Sendable private static func byAlias(_ call: TrackingCall) throws -> JSONObject {
        let text = try call.fields.required("alias")
        let model = try call.plane.registeredModel(call.fields.modelName())
        let number = text.lowercased() == "latest" ? model.latest : model.aliases[AliasName(text)]
        guard let number else {
            throw TrackingError.invalid("Registered model alias \(text) not found.")
        }
        let row = try call.plane.modelVersion(ModelVersionKey(model.model.name, number))
        return ["model_version": TrackingJSON.version(row)].objectMembers
    }

    // MARK: Lists

    /// There are no stages here: every version is in the stage "None".
    @Sendable private static func latestVersions(_ call: TrackingCall) throws -> JSONObject {
        let row = try call.plane.registeredModel(call.fields.modelName())
        let stages = try call.fields.texts("stages").map { $0.lowercased() }
        guard stages.isEmpty || stages.contains("none"), let version = try latest(row, call) else {
            return JSONObject()
        }
        return ["model_versions": .array([TrackingJSON.version(version)])].objectMembers
    }

    @Sendable private static func search(_ call: TrackingCall) throws -> JSONObject {
        let page = try call.fields.page(default: 100, maximum: maximumRows)
        let search = RowSearch<RegisteredModelRow>(
            conditions: try FilterParser.conditions(call.fields.text("filter"), .registeredModels),
            order: try OrderParser.keys(call.fields.texts("order_by"), .registeredModels)
        ) { row, field in
            switch field {
            case .attribute("name"): .text(row.model.name.text)
            case .attribute("creation_timestamp"):
                .number(Double(row.model.createdAt.millisecondsSinceEpoch))
            case .attribute("last_updated_timestamp"):
                .number(Double(row.model.updatedAt.millisecondsSinceEpoch))
            case .tag(let key): row.tags[key].map { .text($0) }
            default: nil
            }
        }
        let found = search.rows(try call.store.registeredModels())
        let rows = found.dropFirst(page.offset).prefix(page.limit)
        let next = found.count > page.offset + page.limit ? page.offset + page.limit : nil
        return TrackingJSON.page(
            "registered_models",
            try rows.map { TrackingJSON.model($0, latest: try latest($0, call)) }, next: next)
    }
}

extension TrackingCall {
    var plane: ControlPlane { backend.controlPlane }
}

extension TrackingFields {
    func modelName(_ name: String = "name") throws -> ModelName { ModelName(try required(name)) }

    func alias() throws -> AliasName { AliasName(try required("alias")) }

    func versionKey() throws -> ModelVersionKey {
        let model = try modelName()
        guard let value = self["version"], value != "" else { throw TrackingError.missing("version") }
        guard let number = value.intValue ?? value.stringValue.flatMap({ Int64($0) }),
            let number = Int(exactly: number)
        else {
            throw TrackingError.invalid("Parameter 'version' must be an integer, got '\(value.text())'.")
        }
        return ModelVersionKey(model, ModelVersionNumber(number))
    }

    /// A tag of a model or version: its value may be long.
    func registryTag(path: String = "") throws -> TrackedText { try tag(path: path, limit: 100_000) }

    func registryTags() throws -> [String: String] {
        let tags = try objects("tags").enumerated().map { try $1.registryTag(path: "tags[\($0)].") }
        return Dictionary(tags.map { ($0.key, $0.value) }) { _, last in last }
    }
}
