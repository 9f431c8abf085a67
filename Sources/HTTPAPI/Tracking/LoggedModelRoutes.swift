import HTTPTypes
import JSONText
import StateStore

/// `/api/2.0/mlflow/logged-models`: models that runs made.
enum LoggedModelRoutes {
    static func add(to router: TrackingRouter, _ files: TrackingFiles) {
        router.on(.post, "logged-models", create)
        router.on(.post, "logged-models/search", search)
        router.on(.get, "logged-models/:model_id", get)
        router.on(.patch, "logged-models/:model_id", finalize)
        router.on(.delete, "logged-models/:model_id", delete)
        router.on(.post, "logged-models/:model_id/params", addParams)
        router.on(.patch, "logged-models/:model_id/tags", setTags)
        router.on(.delete, "logged-models/:model_id/tags/:tag_key", deleteTag)
        router.on(.get, "logged-models/:model_id/artifacts/directories") { call in
            let model = try model(call)
            return try ArtifactListing.answer(
                model.artifactLocation, path: try call.fields.text("artifact_directory_path"), files)
        }
    }

    private static func id(_ call: TrackingCall) -> String { call.path["model_id"] ?? "" }

    private static func model(_ call: TrackingCall) throws -> LoggedModelRow {
        let row = try call.store.loggedModel(id(call))
        guard let row, try row.stage == .active || call.fields.flag("allow_deleted") == true else {
            throw TrackingRefusal.unknownLoggedModel(id(call))
        }
        return row
    }

    @Sendable private static func create(_ call: TrackingCall) throws -> JSONObject {
        let fields = call.fields
        let experiment = try call.requiredExperimentID()
        var name = try fields.text("name")
        if name?.isEmpty == true { name = nil }
        if let name {
            guard !name.contains(where: { "/:.%\"'".contains($0) }) else {
                throw TrackingError.invalid(
                    "Invalid model name ('\(name)') provided. Model name must be a non-empty string and cannot "
                        + "contain the following characters: / : . % \" '")
            }
            try TrackingLimits.checkLength("name", name, 500)
        }
        let draft = LoggedModelDraft(
            id: "m-" + TrackingIDs.random(), name: name ?? RunNames.random(),
            modelType: try fields.text("model_type") ?? "", sourceRun: try fields.text("source_run_id") ?? "",
            tags: try fields.tags(), params: try fields.modelParams())
        let row = try call.store.createLoggedModel(draft, experiment: experiment, at: call.now)
        return ["model": TrackingJSON.loggedModel(row)].objectMembers
    }

    @Sendable private static func get(_ call: TrackingCall) throws -> JSONObject {
        ["model": TrackingJSON.loggedModel(try model(call))].objectMembers
    }

    @Sendable private static func finalize(_ call: TrackingCall) throws -> JSONObject {
        guard let value = call.fields["status"] else { throw TrackingError.missing("status") }
        let status = LoggedModelStatus.allCases.first {
            .string($0.word) == value || .integer(Int64($0.rawValue)) == value
        }
        guard let status else { throw call.fields.wrong("status", value) }
        let row = try call.store.finalizeLoggedModel(id(call), status, at: call.now)
        return ["model": TrackingJSON.loggedModel(row)].objectMembers
    }

    @Sendable private static func delete(_ call: TrackingCall) throws -> JSONObject {
        try call.store.deleteLoggedModel(id(call), at: call.now)
        return JSONObject()
    }

    @Sendable private static func addParams(_ call: TrackingCall) throws -> JSONObject {
        try call.store.addParams(try call.fields.modelParams(), toModel: id(call), at: call.now)
        return JSONObject()
    }

    @Sendable private static func setTags(_ call: TrackingCall) throws -> JSONObject {
        let row = try call.store.setTags(try call.fields.tags(), ofModel: id(call), at: call.now)
        return ["model": TrackingJSON.loggedModel(row)].objectMembers
    }

    @Sendable private static func deleteTag(_ call: TrackingCall) throws -> JSONObject {
        try call.store.deleteTag(call.path["tag_key"] ?? "", ofModel: id(call), at: call.now)
        return JSONObject()
    }

    @Sendable private static func search(_ call: TrackingCall) throws -> JSONObject {
        let fields = call.fields
        let experiments = try fields.texts("experiment_ids").map(TrackingFields.experimentID)
        guard !experiments.isEmpty else { throw TrackingError.missing("experiment_ids") }
        let page = try fields.page(default: 100)
        var search = TrackingSearch(
            conditions: try FilterParser.conditions(fields.text("filter"), .loggedModels).map(numbered),
            order: try fields.objects("order_by").map(order), limit: page.limit, offset: page.offset)
        search.datasets = try fields.objects("datasets").map { fields in
            let digest = try fields.text("dataset_digest")
            return TrackedDatasetName(
                name: try fields.required("dataset_name"), digest: digest?.isEmpty == true ? nil : digest)
        }
        let found = try call.store.loggedModels(of: experiments, search)
        return TrackingJSON.page(
            "models", found.rows.map(TrackingJSON.loggedModel), next: found.nextOffset)
    }

    private static func order(_ fields: TrackingFields) throws -> TrackingOrder {
        let name = try fields.required("field_name")
        let field = try FilterGrammar.loggedModels.field(
            name, among: FilterGrammar.loggedModels.orderAttributes)
        switch field {
        case .attribute, .metric: break
        default: throw TrackingError.invalid("Invalid order by field name: \(name).")
        }
        let dataset = try fields.text("dataset_name").flatMap { $0.isEmpty ? nil : $0 }
        let digest = try fields.text("dataset_digest").flatMap { $0.isEmpty ? nil : $0 }
        return TrackingOrder(
            field: field, isAscending: try fields.flag("ascending") ?? true,
            dataset: dataset.map { TrackedDatasetName(name: $0, digest: digest) })
    }

    /// The status is stored as a number.
    private static func numbered(_ condition: TrackingCondition) -> TrackingCondition {
        guard condition.field == .attribute("status"), case .text(let sign, let word) = condition.test else {
            return condition
        }
        let status = LoggedModelStatus.allCases.first { $0.word == "LOGGED_MODEL_\(word)" }
        return TrackingCondition(
            field: condition.field, test: .text(sign, status.map { "\($0.rawValue)" } ?? word))
    }
}

extension TrackingFields {
    fileprivate func modelParams() throws -> [TrackedText] {
        try objects("params").enumerated().map { try $1.param(path: "params[\($0)].") }
    }
}

extension TrackingJSON {
    static func loggedModel(_ row: LoggedModelRow) -> JSONValue {
        var info = JSONObject()
        info["model_id"] = .string(row.id)
        info["experiment_id"] = .string("\(row.experiment)")
        info["name"] = .string(row.name)
        info["creation_timestamp_ms"] = .integer(row.createdAt)
        info["last_updated_timestamp_ms"] = .integer(row.updatedAt)
        info["artifact_uri"] = .string(row.artifactLocation)
        info["status"] = .string(row.status.word)
        info["model_type"] = row.modelType.map(JSONValue.string)
        info["source_run_id"] = row.sourceRun.map(JSONValue.string)
        info["status_message"] = row.statusMessage.map(JSONValue.string)
        info["tags"] = list(row.tags.map(text))
        var data = JSONObject()
        data["params"] = list(row.params.map(text))
        data["metrics"] = list(row.metrics.map(metric))
        return ["info": .object(info), "data": .object(data)]
    }
}
