import DAGDomain
import HTTPTypes
import JSONText
import SchedulerService
import StateStore

/// `/api/2.0/mlflow/model-versions`: MLflow's view of the versions in the registry.
enum ModelVersionRoutes {
    /// Where a logged model remembers what it was registered as.
    private static let registeredAsTag = "mlflow.modelVersions"
    private static let maximumRows = 200_000

    private static let newestFirst = [
        TrackingOrder(field: .attribute("last_updated_timestamp"), isAscending: false)
    ]

    static func add(to router: TrackingRouter) {
        router.onAsync(.post, "model-versions/create", create)
        router.on(.get, "model-versions/get") { call in
            try answer(try call.plane.modelVersion(call.fields.versionKey()))
        }
        router.onAsync(.patch, "model-versions/update", update)
        router.onAsync(.delete, "model-versions/delete") { call in
            try await call.plane.deleteVersion(try call.fields.versionKey(), by: call.actor)
            return JSONObject()
        }
        router.on(.get, "model-versions/search", search)
        router.on(.get, "model-versions/get-download-uri") { call in
            let row = try call.plane.modelVersion(call.fields.versionKey())
            let location = try RegistrySource.location(row.version.content, call.store)
            return ["artifact_uri": .string(location)].objectMembers
        }
        router.onAsync(.post, "model-versions/set-tag", setTag)
        router.onAsync(.delete, "model-versions/delete-tag", deleteTag)
        router.on(.post, "model-versions/transition-stage") { _ in
            throw TrackingError(
                .notImplemented, "MLflow's stages are deprecated and not kept here: use aliases")
        }
    }

    private static func answer(_ row: ModelVersionRow) throws -> JSONObject {
        ["model_version": TrackingJSON.version(row)].objectMembers
    }

    @Sendable private static func create(_ call: TrackingCall) async throws -> JSONObject {
        let fields = call.fields
        let name = try fields.modelName()
        var source = try fields.required("source")
        try RegistrySource.check(source)
        var run = try fields.text("run_id").flatMap { $0.isEmpty ? nil : $0 }
        let modelID = try fields.text("model_id").flatMap { $0.isEmpty ? nil : $0 }
        if let id = modelID ?? RegistrySource.modelID(source) {
            guard let model = try await call.backend.reading({ try $0.store.loggedModel(id) }) else {
                throw TrackingError.invalid(
                    "Invalid model version source: '\(source)'. The model_id request parameter must identify "
                        + "the resource that contains the source.")
            }
            run = run ?? model.sourceRun.flatMap { $0.isEmpty ? nil : $0 }
        } else if source.hasPrefix("models:/") {
            (source, run) = try await resolved(source, run, call)
        }
        let row = try await call.plane.createModelVersion(
            ModelDraft(
                model: name,
                content: ModelContent(
                    description: try fields.text("description") ?? "", source: source,
                    trackingRunID: run ?? call.task?.runID, origin: call.task?.instance.origin),
                tags: try fields.registryTags()), by: call.actor)
        if let modelID { try await remember(row.key, ofModel: modelID, call) }
        return try answer(row)
    }

    /// Another version as the source: what it was made from.
    private static func resolved(
        _ source: String, _ run: String?, _ call: TrackingCall
    ) async throws -> (source: String, run: String?) {
        let text = source.dropFirst(8)
        let parts = text.contains("@") ? text.split(separator: "@") : text.split(separator: "/")
        guard parts.count == 2, let reference = ModelReference(String(parts[1])) else {
            throw TrackingError.invalid("Invalid model version source: '\(source)'")
        }
        return try await call.backend.reading { backend in
            let row = try backend.controlPlane.modelVersion(ModelName(String(parts[0])), reference)
            return (RegistrySource.shown(row.version.content), run ?? row.version.content.trackingRunID)
        }
    }

    /// Tells the logged model as what it was registered.
    private static func remember(
        _ key: ModelVersionKey, ofModel id: String, _ call: TrackingCall
    ) async throws {
        try await call.backend.reading { backend in
            let tags = try backend.store.loggedModel(id)?.tags ?? []
            let known = tags.first { $0.key == registeredAsTag }?.value
            var list = known.flatMap { try? JSONValue.parse($0) }?.arrayValue ?? []
            list.append(["name": .string(key.model.text), "version": .integer(Int64(key.version.value))])
            _ = try backend.store.setTags(
                [TrackedText(key: registeredAsTag, value: JSONValue.array(list).text())], ofModel: id,
                at: call.now)
        }
    }

    @Sendable private static func update(_ call: TrackingCall) async throws -> JSONObject {
        let key = try call.fields.versionKey()
        try await call.plane.describeVersion(
            key, try call.fields.text("description") ?? "", by: call.actor)
        return try await call.backend.reading { try answer(try $0.controlPlane.modelVersion(key)) }
    }

    @Sendable private static func setTag(_ call: TrackingCall) async throws -> JSONObject {
        let tag = try call.fields.registryTag()
        try await call.plane.tagVersion(
            try call.fields.versionKey(), key: tag.key, value: tag.value, by: call.actor)
        return JSONObject()
    }

    @Sendable private static func deleteTag(_ call: TrackingCall) async throws -> JSONObject {
        try await call.plane.tagVersion(
            try call.fields.versionKey(), key: try call.fields.required("key"), value: nil, by: call.actor)
        return JSONObject()
    }

    @Sendable private static func search(_ call: TrackingCall) throws -> JSONObject {
        let page = try call.fields.page(default: 10_000, maximum: maximumRows)
        let order = try OrderParser.keys(call.fields.texts("order_by"), .modelVersions)
        let search = RowSearch<ModelVersionRow>(
            conditions: try FilterParser.conditions(call.fields.text("filter"), .modelVersions),
            order: order.isEmpty ? newestFirst : order
        ) { row, field in
            switch field {
            case .attribute("name"): .text(row.key.model.text)
            case .attribute("version_number"): .number(Double(row.key.version.value))
            case .attribute("run_id"): row.version.content.trackingRunID.map { .text($0) }
            case .attribute("source_path"): .text(RegistrySource.shown(row.version.content))
            case .attribute("creation_timestamp"):
                .number(Double(row.version.createdAt.millisecondsSinceEpoch))
            case .attribute("last_updated_timestamp"):
                .number(Double(row.version.updatedAt.millisecondsSinceEpoch))
            case .tag(let key): row.tags[key].map { .text($0) }
            default: nil
            }
        }
        let found = search.rows(try call.store.modelVersions(of: nil))
        let rows = found.dropFirst(page.offset).prefix(page.limit)
        let next = found.count > page.offset + page.limit ? page.offset + page.limit : nil
        return TrackingJSON.page("model_versions", rows.map(TrackingJSON.version), next: next)
    }
}

extension TrackedInstance {
    fileprivate var origin: ModelOrigin {
        ModelOrigin(dagID: dagID, runID: runID, taskID: taskID, mapIndex: mapIndex)
    }
}
