import HTTPTypes
import JSONText
import StateStore

/// `/api/2.0/mlflow/runs/log-…` and `/metrics`: what is logged on a run, and reading it.
enum TrackingLogRoutes {
    private static let historyRows = 25_000

    static func add(to router: TrackingRouter) {
        router.on(.post, "runs/log-metric", logMetric)
        router.on(.post, "runs/log-parameter", logParam)
        router.on(.post, "runs/log-batch", logBatch)
        router.on(.post, "runs/set-tag", setTag)
        router.on(.post, "runs/delete-tag", deleteTag)
        router.on(.post, "runs/log-inputs", logInputs)
        router.on(.post, "runs/outputs", logOutputs)
        router.on(.post, "runs/log-model", logModel)
        router.on(.get, "metrics/get-history", history)
        router.on(.get, "metrics/get-history-bulk-interval", sampledHistory)
    }

    @Sendable private static func logMetric(_ call: TrackingCall) throws -> JSONObject {
        _ = try call.fields.required("key")
        try call.store.log(
            .init(metrics: [try call.fields.metric()]), onRun: try call.fields.runID(), at: call.now)
        return JSONObject()
    }

    @Sendable private static func logParam(_ call: TrackingCall) throws -> JSONObject {
        _ = try call.fields.required("key")
        try call.store.log(
            .init(params: [try call.fields.param()]), onRun: try call.fields.runID(), at: call.now)
        return JSONObject()
    }

    @Sendable private static func logBatch(_ call: TrackingCall) throws -> JSONObject {
        let fields = call.fields
        let id = try fields.runID()
        let entry = StateStore.TrackingEntry(
            metrics: try fields.objects("metrics").enumerated().map {
                try $1.metric(path: "metrics[\($0)].")
            },
            params: try fields.objects("params").enumerated().map { try $1.param(path: "params[\($0)].") },
            tags: try fields.runTags())
        try TrackingLimits.checkBatch("metrics", entry.metrics.count, TrackingLimits.metricsPerBatch)
        try TrackingLimits.checkBatch("params", entry.params.count, TrackingLimits.textsPerBatch)
        try TrackingLimits.checkBatch("tags", entry.tags.count, TrackingLimits.textsPerBatch)
        try TrackingLimits.checkBatch(
            "metrics, params, and tags", entry.metrics.count + entry.params.count + entry.tags.count,
            TrackingLimits.entitiesPerBatch)
        guard Set(entry.params.map(\.key)).count == entry.params.count else {
            throw TrackingError.invalid(
                "Duplicate parameter keys have been submitted. Please ensure the request contains only one "
                    + "param value per param key.")
        }
        try call.store.log(entry, onRun: id, at: call.now)
        return JSONObject()
    }

    @Sendable private static func setTag(_ call: TrackingCall) throws -> JSONObject {
        _ = try call.fields.required("key")
        try call.store.log(
            .init(tags: [try call.fields.runTag()]), onRun: try call.fields.runID(), at: call.now)
        return JSONObject()
    }

    @Sendable private static func deleteTag(_ call: TrackingCall) throws -> JSONObject {
        try call.store.deleteTag(
            try call.fields.required("key"), ofRun: try call.fields.runID(), at: call.now)
        return JSONObject()
    }

    // MARK: Data and models

    @Sendable private static func logInputs(_ call: TrackingCall) throws -> JSONObject {
        let datasets = try call.fields.objects("datasets").map(dataset)
        let models = try call.fields.objects("models").map { fields in
            TrackedModelLink(direction: .input, modelID: try fields.required("model_id"), step: 0)
        }
        try call.store.logInputs(datasets, models, onRun: try call.fields.runID(), at: call.now)
        return JSONObject()
    }

    private static func dataset(_ fields: TrackingFields) throws -> TrackedDataset {
        guard let object = fields["dataset"]?.objectValue else { throw TrackingError.missing("dataset") }
        let dataset = TrackingFields(object)
        func checked(_ name: String, _ limit: Int) throws -> String {
            let text = try dataset.text(name)
            guard let text else { throw TrackingError.invalid("Dataset \(name) cannot be None") }
            try TrackingLimits.checkLength(name, text, limit)
            return text
        }
        let schema = try dataset.text("schema")
        try TrackingLimits.checkLength("schema", schema ?? "", 1_048_575)
        let tags = try fields.objects("tags").map { tag in
            let key = try tag.required("key")
            let value = try tag.text("value") ?? ""
            try TrackingLimits.checkLength("key", key, 255)
            try TrackingLimits.checkLength("value", value, 500)
            return TrackedText(key: key, value: value)
        }
        return TrackedDataset(
            name: try checked("name", 500), digest: try checked("digest", 36),
            sourceType: try checked("source_type", 500), source: try checked("source", 65_535),
            schema: schema, profile: try dataset.text("profile"), tags: tags)
    }

    @Sendable private static func logOutputs(_ call: TrackingCall) throws -> JSONObject {
        let models = try call.fields.objects("models").map { fields in
            TrackedModelLink(
                direction: .output, modelID: try fields.required("model_id"),
                step: try fields.integer("step") ?? 0)
        }
        try call.store.logInputs([], models, onRun: try call.fields.runID(), at: call.now)
        return JSONObject()
    }

    /// What clients before MLflow 3 did to tell of a model: a tag with a list.
    @Sendable private static func logModel(_ call: TrackingCall) throws -> JSONObject {
        let id = try call.fields.runID()
        let text = try call.fields.required("model_json")
        guard let model = (try? JSONValue.parse(text))?.objectValue else {
            throw TrackingError.invalid("Malformed model info. \n \(text.prefix(200)) \n not valid JSON.")
        }
        let missing = ["artifact_path", "flavors", "utc_time_created", "run_id"].filter { model[$0] == nil }
        guard missing.isEmpty else {
            throw TrackingError.invalid(
                "Model json is missing mandatory fields: \(missing.joined(separator: ", "))")
        }
        guard let run = try call.store.trackingRun(id) else { throw TrackingRefusal.unknownRun(id) }
        let key = "mlflow.log-model.history"
        let known = run.tags.first { $0.key == key }?.value
        let list = known.flatMap { try? JSONValue.parse($0) }?.arrayValue ?? []
        let value = JSONValue.array(list + [.object(model)]).text()
        try TrackingLimits.checkLength("value", value, TrackingLimits.tagLength)
        try call.store.log(.init(tags: [TrackedText(key: key, value: value)]), onRun: id, at: call.now)
        return JSONObject()
    }

    // MARK: History

    @Sendable private static func history(_ call: TrackingCall) throws -> JSONObject {
        let fields = call.fields
        let id = try fields.runID()
        let key = try fields.required("metric_key")
        let isPaged = fields["max_results"] != nil
        let page = try fields.page(default: historyRows)
        let found = try call.store.metricHistory(
            ofRun: id, key: key, limit: isPaged ? page.limit : nil, offset: page.offset)
        return TrackingJSON.page(
            "metrics", found.rows.map(TrackingJSON.metric), next: found.nextOffset)
    }

    @Sendable private static func sampledHistory(_ call: TrackingCall) throws -> JSONObject {
        let fields = call.fields
        let runs = try fields.texts("run_ids")
        guard (1...100).contains(runs.count) else {
            throw TrackingError.invalid("GetMetricHistoryBulkInterval request must specify 1 to 100 run_ids.")
        }
        let key = try fields.required("metric_key")
        let (start, end) = (try fields.integer("start_step"), try fields.integer("end_step"))
        guard (start == nil) == (end == nil) else {
            throw TrackingError.invalid("Both start_step and end_step must be specified together.")
        }
        var steps: ClosedRange<Int64>?
        if let start, let end {
            guard start <= end else {
                throw TrackingError.invalid("end_step must be greater than start_step.")
            }
            steps = start...end
        }
        let limit = try fields.page(default: 320, maximum: 2500).limit
        var metrics: [JSONValue] = []
        for run in runs {
            guard try call.store.trackingRun(run) != nil else { throw TrackingRefusal.unknownRun(run) }
            metrics += try call.store.sampledMetrics(ofRun: run, key: key, steps: steps, limit: limit).map {
                metric in
                var metric = metric
                metric.runID = run
                return TrackingJSON.metric(metric)
            }
        }
        return TrackingJSON.page("metrics", metrics, next: nil)
    }
}
