/// Whether MLflow shows a thing or keeps it in its bin.
package enum TrackingStage: String, Hashable, Sendable {
    case active, deleted
}

/// A tag or a param.
package struct TrackedText: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// One logged value of a metric.
package struct TrackedMetric: Hashable, Sendable {
    package let key: String
    /// Any value, also NaN and the infinities.
    package let value: Double
    /// Milliseconds since 1970.
    package let timestamp: Int64
    package let step: Int64
    /// The logged model that it was measured on, and the data.
    package var modelID: String?
    package var datasetName: String?
    package var datasetDigest: String?
    /// The run that logged it; only for the metrics of a logged model.
    package var runID: String?

    package init(key: String, value: Double, timestamp: Int64, step: Int64) {
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.step = step
    }
}

/// An experiment of MLflow: a named group of runs. Times are milliseconds since 1970.
package struct ExperimentRow: Hashable, Sendable {
    package let id: Int64
    package let name: String
    package let artifactLocation: String
    package let stage: TrackingStage
    package let createdAt: Int64
    package let updatedAt: Int64
    package var tags: [TrackedText] = []
}

package enum TrackingRunStatus: String, Hashable, Sendable, CaseIterable {
    case running = "RUNNING"
    case scheduled = "SCHEDULED"
    case finished = "FINISHED"
    case failed = "FAILED"
    case killed = "KILLED"
}

/// Data that a run read, with the tags of this use of it.
package struct TrackedDataset: Hashable, Sendable {
    package let name: String
    package let digest: String
    package let sourceType: String
    package let source: String
    package let schema: String?
    package let profile: String?
    package var tags: [TrackedText]

    package init(
        name: String, digest: String, sourceType: String, source: String, schema: String?, profile: String?,
        tags: [TrackedText]
    ) {
        self.name = name
        self.digest = digest
        self.sourceType = sourceType
        self.source = source
        self.schema = schema
        self.profile = profile
        self.tags = tags
    }
}

/// A logged model that a run read or made.
package struct TrackedModelLink: Hashable, Sendable {
    package enum Direction: String, Hashable, Sendable {
        case input, output
    }

    package let direction: Direction
    package let modelID: String
    package let step: Int64

    package init(direction: Direction, modelID: String, step: Int64) {
        self.direction = direction
        self.modelID = modelID
        self.step = step
    }
}

/// A run of MLflow (not a DAG run): what a program logs under one id. Times are milliseconds since 1970.
package struct TrackingRunRow: Hashable, Sendable {
    package let id: String
    package let experiment: Int64
    package let name: String
    package let userID: String
    package let status: TrackingRunStatus
    package let startedAt: Int64
    package let endedAt: Int64?
    package let stage: TrackingStage
    package let artifactLocation: String
    package var tags: [TrackedText] = []
    package var params: [TrackedText] = []
    /// The latest value of each metric.
    package var metrics: [TrackedMetric] = []
    package var datasets: [TrackedDataset] = []
    package var models: [TrackedModelLink] = []
}

/// A page of a list that is asked for by an offset.
package struct TrackingPage<Row: Sendable>: Sendable {
    package let rows: [Row]
    /// Where the next page begins; nil on the last one.
    package let nextOffset: Int?

    package init(rows: [Row], nextOffset: Int?) {
        self.rows = rows
        self.nextOffset = nextOffset
    }

    /// From one row more than the limit.
    init(_ rows: [Row], limit: Int, offset: Int) {
        self.init(
            rows: Array(rows.prefix(limit)), nextOffset: rows.count > limit ? offset + limit : nil)
    }
}

/// Why something about experiments, tracking runs and logged models was not done.
package enum TrackingRefusal: Error, Hashable, Sendable {
    case unknownExperiment(Int64)
    case experimentNameTaken(String)
    case experimentDeleted(Int64)
    /// A deleted experiment cannot be renamed.
    case deletedExperimentRenamed
    case unknownRun(String)
    case runDeleted(String)
    case unknownRunTag(key: String, run: String)
    case unknownExperimentTag(key: String, experiment: Int64)
    /// A param keeps its first value.
    case paramsChanged(run: String, [ChangedParam])
    case unknownLoggedModel(String)
    case unknownLoggedModelTag(key: String, model: String)
    case loggedModelParamTaken(key: String, model: String)

    package struct ChangedParam: Hashable, Sendable {
        package let key: String
        package let old: String
        package let new: String
    }
}
