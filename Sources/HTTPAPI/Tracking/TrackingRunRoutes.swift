import HTTPTypes
import JSONText
import SchedulerService
import StateStore

/// `/api/2.0/mlflow/runs`: making, changing and finding runs.
enum TrackingRunRoutes {
    static func add(to router: TrackingRouter) {
        router.on(.post, "runs/create", create)
        router.on(.get, "runs/get", get)
        router.on(.post, "runs/update", update)
        router.on(.post, "runs/delete") { try move($0, to: .deleted) }
        router.on(.post, "runs/restore") { try move($0, to: .active) }
        router.on(.post, "runs/search", search)
    }

    @Sendable private static func create(_ call: TrackingCall) throws -> JSONObject {
        let fields = call.fields
        var tags = try fields.runTags()
        var name = try fields.text("run_name")
        if name?.isEmpty == true { name = nil }
        let tagged = tags.first { $0.key == "mlflow.runName" }?.value
        if let name, let tagged, name != tagged {
            throw TrackingError.invalid(
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                    + "(run_name='\(name)', mlflow.runName='\(tagged)').")
        }
        let chosen = name ?? tagged ?? RunNames.random()
        if let task = call.task, !tags.contains(where: { $0.key == "mlflow.parentRunId" }) {
            tags.append(TrackedText(key: "mlflow.parentRunId", value: task.runID))
        }
        if tagged == nil { tags.append(TrackedText(key: "mlflow.runName", value: chosen)) }
        let draft = TrackingRunDraft(
            id: TrackingIDs.random(), name: chosen, userID: try fields.text("user_id") ?? "",
            startedAt: try fields.integer("start_time") ?? 0, tags: tags)
        let row = try call.store.createTrackingRun(
            draft, experiment: try call.experimentID() ?? call.task?.experiment ?? 0, at: call.now)
        return ["run": TrackingJSON.run(row)].objectMembers
    }

    @Sendable private static func get(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.fields.runID()
        if let task = call.task, task.runID == id {
            try call.backend.controlPlane.tracking.followChoice(of: task)
        }
        guard let row = try call.store.trackingRun(id) else { throw TrackingRefusal.unknownRun(id) }
        return ["run": TrackingJSON.run(row)].objectMembers
    }

    @Sendable private static func update(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.fields.runID()
        var status: TrackingRunStatus?
        if let word = try call.fields.text("status") {
            guard let known = TrackingRunStatus(rawValue: word) else {
                throw TrackingError.invalid("Invalid value \"\(word)\" for parameter 'status' supplied.")
            }
            status = known
        }
        let row = try call.store.updateTrackingRun(
            id, status: status, endedAt: try call.fields.integer("end_time"),
            name: try call.fields.text("run_name"), at: call.now)
        return ["run_info": TrackingJSON.runInfo(row)].objectMembers
    }

    private static func move(_ call: TrackingCall, to stage: TrackingStage) throws -> JSONObject {
        try call.store.moveTrackingRun(try call.fields.runID(), to: stage, at: call.now)
        return JSONObject()
    }

    @Sendable private static func search(_ call: TrackingCall) throws -> JSONObject {
        let page = try call.fields.page(default: 1000)
        let search = TrackingSearch(
            conditions: try FilterParser.conditions(call.fields.text("filter"), .runs),
            order: try OrderParser.keys(call.fields.texts("order_by"), .runs),
            stages: try call.fields.stages("run_view_type"), limit: page.limit, offset: page.offset)
        let experiments = try call.fields.texts("experiment_ids").map(TrackingFields.experimentID).map { id in
            id == call.task?.toldExperiment ? call.task?.experiment ?? id : id
        }
        let found = try call.store.trackingRuns(of: experiments, search)
        return TrackingJSON.page("runs", found.rows.map(TrackingJSON.run), next: found.nextOffset)
    }
}

/// Names that nothing else has.
enum TrackingIDs {
    /// 128 random bits as 32 hexadecimal digits, as MLflow's.
    static func random() -> String {
        (0..<16).map { _ in UInt8.random(in: .min ... .max) }.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// Names for runs that were given none.
enum RunNames {
    private static let adjectives = [
        "amber", "brave", "calm", "clever", "crisp", "eager", "fair", "gentle", "keen", "lively", "merry",
        "nimble", "polite", "quiet", "rapid", "sturdy", "sunny", "tidy", "vivid", "witty",
    ]
    private static let animals = [
        "badger", "bison", "crane", "dolphin", "falcon", "finch", "heron", "ibex", "koala", "lynx", "marten",
        "otter", "owl", "panda", "robin", "seal", "stork", "swift", "trout", "wren",
    ]

    static func random() -> String {
        "\(adjectives.randomElement() ?? "calm")-\(animals.randomElement() ?? "owl")-\(Int.random(in: 0...999))"
    }
}
