import HTTPTypes
import JSONText
import SchedulerService
import StateStore

/// `/api/2.0/mlflow/experiments`.
enum ExperimentRoutes {
    static func add(to router: TrackingRouter) {
        router.on(.post, "experiments/create", create)
        router.on(.get, "experiments/get", get)
        router.on(.get, "experiments/get-by-name", getByName)
        router.on(.post, "experiments/search", search)
        router.on(.get, "experiments/search", search)
        router.on(.post, "experiments/update", update)
        router.on(.post, "experiments/delete") { try move($0, to: .deleted) }
        router.on(.post, "experiments/restore") { try move($0, to: .active) }
        router.on(.post, "experiments/set-experiment-tag", setTag)
        router.on(.post, "experiments/delete-experiment-tag", deleteTag)
    }

    @Sendable private static func create(_ call: TrackingCall) throws -> JSONObject {
        let name = try call.fields.required("name")
        try TrackingLimits.checkLength("name", name, TrackingLimits.experimentNameLength)
        var location = try call.fields.text("artifact_location")
        if location?.isEmpty == true { location = nil }
        if let location { try TrackingLocation.check(location) }
        let tags = try call.fields.tags()
        let id = try call.store.createExperiment(
            named: name, artifactLocation: location, tags: tags, at: call.now)
        call.chooses(id)
        return ["experiment_id": .string("\(id)")].objectMembers
    }

    @Sendable private static func get(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.requiredExperimentID()
        guard let row = try call.store.experiment(id) else { throw TrackingRefusal.unknownExperiment(id) }
        if row.stage == .active { call.chooses(row.id) }
        return ["experiment": TrackingJSON.experiment(row)].objectMembers
    }

    @Sendable private static func getByName(_ call: TrackingCall) throws -> JSONObject {
        let name = try call.fields.required("experiment_name")
        guard let row = try call.store.experiment(named: name) else {
            throw TrackingError(.doesNotExist, "Could not find experiment with name '\(name)'")
        }
        if row.stage == .active { call.chooses(row.id) }
        return ["experiment": TrackingJSON.experiment(row)].objectMembers
    }

    @Sendable private static func search(_ call: TrackingCall) throws -> JSONObject {
        let page = try call.fields.page(default: 1000)
        let search = TrackingSearch(
            conditions: try FilterParser.conditions(call.fields.text("filter"), .experiments),
            order: try OrderParser.keys(call.fields.texts("order_by"), .experiments),
            stages: try call.fields.stages("view_type"), limit: page.limit, offset: page.offset)
        let found = try call.store.experiments(search)
        return TrackingJSON.page(
            "experiments", found.rows.map(TrackingJSON.experiment), next: found.nextOffset)
    }

    @Sendable private static func update(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.requiredExperimentID()
        let name = try call.fields.required("new_name")
        try TrackingLimits.checkLength("name", name, TrackingLimits.experimentNameLength)
        try call.store.renameExperiment(id, to: name, at: call.now)
        return JSONObject()
    }

    private static func move(_ call: TrackingCall, to stage: TrackingStage) throws -> JSONObject {
        try call.store.moveExperiment(try call.requiredExperimentID(), to: stage, at: call.now)
        return JSONObject()
    }

    @Sendable private static func setTag(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.requiredExperimentID()
        let tag = try call.fields.tag()
        try call.store.setTag(tag, ofExperiment: id, at: call.now)
        return JSONObject()
    }

    @Sendable private static func deleteTag(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.requiredExperimentID()
        try call.store.deleteTag(try call.fields.required("key"), ofExperiment: id, at: call.now)
        return JSONObject()
    }
}

extension TrackingCall {
    /// A program that asks for an experiment means to use it: `set_experiment` looks the same from here.
    fileprivate func chooses(_ experiment: Int64) {
        if let task { backend.controlPlane.tracking.choose(experiment, for: task) }
    }
}

extension [String: JSONValue] {
    /// The same as an object of JSON, in the order of the keys.
    var objectMembers: JSONObject {
        JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
