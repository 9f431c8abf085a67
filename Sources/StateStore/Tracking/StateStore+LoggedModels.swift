import DAGDomain
import GRDB

/// Where the making of a logged model stands; the numbers and words are MLflow's.
package enum LoggedModelStatus: Int, Hashable, Sendable, CaseIterable {
    case pending = 1
    case ready = 2
    case failed = 3

    package var word: String {
        switch self {
        case .pending: "LOGGED_MODEL_PENDING"
        case .ready: "LOGGED_MODEL_READY"
        case .failed: "LOGGED_MODEL_UPLOAD_FAILED"
        }
    }
}

/// A model that a run made, before anybody registers it. Times are milliseconds since 1970.
package struct LoggedModelRow: Hashable, Sendable {
    package let id: String
    package let experiment: Int64
    package let name: String
    package let artifactLocation: String
    package let createdAt: Int64
    package let updatedAt: Int64
    package let status: LoggedModelStatus
    package let stage: TrackingStage
    package let modelType: String?
    package let sourceRun: String?
    package let statusMessage: String?
    package var tags: [TrackedText] = []
    package var params: [TrackedText] = []
    package var metrics: [TrackedMetric] = []
}

package struct LoggedModelDraft: Hashable, Sendable {
    package let id: String
    package var name: String
    package var modelType: String?
    package var sourceRun: String?
    package var tags: [TrackedText]
    package var params: [TrackedText]

    package init(
        id: String, name: String, modelType: String?, sourceRun: String?, tags: [TrackedText],
        params: [TrackedText]
    ) {
        self.id = id
        self.name = name
        self.modelType = modelType
        self.sourceRun = sourceRun
        self.tags = tags
        self.params = params
    }
}

extension StateStore {
    /// The logged models of the experiments that a search is about, in its order.
    package func loggedModels(
        of experiments: [Int64], _ search: TrackingSearch
    ) throws(StateStoreError) -> TrackingPage<LoggedModelRow> {
        try read { database in
            var query = try TrackingQuery(.loggedModels, search)
            query.add(
                "logged_model.experiment IN (SELECT value FROM json_each(?))",
                [Query.json(experiments.map { "\($0)" })])
            let asksForMetrics = search.conditions.contains {
                if case .metric = $0.field { true } else { false }
            }
            if !search.datasets.isEmpty, !asksForMetrics {
                let (sql, values) = TrackingQuery.isOn(search.datasets)
                query.add(
                    """
                    EXISTS (SELECT 1 FROM logged_model_metric AS keyed
                        WHERE keyed.model = logged_model.id AND \(sql))
                    """, values)
            }
            let fields = search.order.map(\.field)
            if !fields.contains(.attribute("creation_timestamp")) { query.addOrder("created_at DESC") }
            if !fields.contains(.attribute("model_id")) { query.addOrder("logged_model.id") }
            let rows = try Self.loggedModels(
                database, "\(query.query.clause) \(query.orderClause) LIMIT ? OFFSET ?",
                query.query.values + query.orderValues + [search.limit + 1, search.offset])
            return TrackingPage(rows, limit: search.limit, offset: search.offset)
        }
    }

    package func loggedModel(_ id: String) throws(StateStoreError) -> LoggedModelRow? {
        try read { try Self.loggedModels($0, "WHERE id = ?", [id]).first }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func createLoggedModel(
        _ draft: LoggedModelDraft, experiment id: Int64, at: Timestamp
    ) throws -> LoggedModelRow {
        try tracking(at: at) { batch in
            let experiment = try Self.requireActiveExperiment(id, batch.database)
            let instant = at.millisecondsSinceEpoch
            try batch.execute(
                "INSERT INTO logged_model VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, NULL)",
                [
                    draft.id, id, draft.name, "\(experiment.artifactLocation)/models/\(draft.id)/artifacts",
                    instant, instant, LoggedModelStatus.pending.rawValue, draft.modelType, draft.sourceRun,
                ])
            for tag in draft.tags { try Self.setTag(tag, ofModel: draft.id, in: batch) }
            try Self.add(draft.params, toModel: draft.id, in: batch)
            return try Self.requireLoggedModel(draft.id, batch.database)
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func finalizeLoggedModel(
        _ id: String, _ status: LoggedModelStatus, at: Timestamp
    ) throws -> LoggedModelRow {
        try tracking(at: at) { batch in
            _ = try Self.requireLoggedModel(id, batch.database)
            try batch.execute(
                "UPDATE logged_model SET status = ?, updated_at = ? WHERE id = ?",
                [status.rawValue, at.millisecondsSinceEpoch, id])
            return try Self.requireLoggedModel(id, batch.database)
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func deleteLoggedModel(_ id: String, at: Timestamp) throws {
        try tracking(at: at) { batch in
            _ = try Self.requireLoggedModel(id, batch.database)
            try batch.execute(
                "UPDATE logged_model SET stage = 'deleted', updated_at = ? WHERE id = ?",
                [at.millisecondsSinceEpoch, id])
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func addParams(_ params: [TrackedText], toModel id: String, at: Timestamp) throws {
        try tracking(at: at) { batch in
            _ = try Self.requireLoggedModel(id, batch.database)
            try Self.add(params, toModel: id, in: batch)
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func setTags(
        _ tags: [TrackedText], ofModel id: String, at: Timestamp
    ) throws -> LoggedModelRow {
        try tracking(at: at) { batch in
            _ = try Self.requireLoggedModel(id, batch.database)
            for tag in tags { try Self.setTag(tag, ofModel: id, in: batch) }
            return try Self.requireLoggedModel(id, batch.database)
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func deleteTag(_ key: String, ofModel id: String, at: Timestamp) throws {
        try tracking(at: at) { batch in
            _ = try Self.requireLoggedModel(id, batch.database)
            let count = try batch.execute(
                "DELETE FROM logged_model_tag WHERE model = ? AND key = ?", [id, key])
            guard count > 0 else { throw TrackingRefusal.unknownLoggedModelTag(key: key, model: id) }
        }
    }

    // MARK: Help

    private static func setTag(_ tag: TrackedText, ofModel id: String, in batch: WriteBatch) throws {
        try batch.execute(
            """
            INSERT INTO logged_model_tag VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET value = excluded.value
            """, [id, tag.key, tag.value])
    }

    private static func add(_ params: [TrackedText], toModel id: String, in batch: WriteBatch) throws {
        var known = Set(
            try keyedTexts(batch.database, "logged_model_param", owner: "model", of: [id])[id]?.map(\.key)
                ?? [])
        for param in params {
            guard known.insert(param.key).inserted else {
                throw TrackingRefusal.loggedModelParamTaken(key: param.key, model: id)
            }
        }
        for param in params {
            try batch.execute(
                "INSERT INTO logged_model_param VALUES (?, ?, ?)", [id, param.key, param.value])
        }
    }

    private static func requireLoggedModel(_ id: String, _ database: Database) throws -> LoggedModelRow {
        guard let model = try loggedModels(database, "WHERE id = ?", [id]).first else {
            throw TrackingRefusal.unknownLoggedModel(id)
        }
        return model
    }

    private static func loggedModels(
        _ database: Database, _ rest: String, _ values: [(any DatabaseValueConvertible)?]
    ) throws -> [LoggedModelRow] {
        let rows = try database.fetch(
            """
            SELECT id, experiment, name, artifact_location, created_at, updated_at, status, stage,
                model_type, source_run, status_message FROM logged_model \(rest)
            """, values
        ) { reader in
            LoggedModelRow(
                id: try reader.text(), experiment: try reader.integer(), name: try reader.text(),
                artifactLocation: try reader.text(), createdAt: try reader.integer(),
                updatedAt: try reader.integer(),
                status: LoggedModelStatus(rawValue: try reader.int()) ?? .failed,
                stage: try reader.choice(), modelType: try reader.optionalText(),
                sourceRun: try reader.optionalText(), statusMessage: try reader.optionalText())
        }
        guard !rows.isEmpty else { return [] }
        let ids = rows.map(\.id)
        let tags = try keyedTexts(database, "logged_model_tag", owner: "model", of: ids)
        let params = try keyedTexts(database, "logged_model_param", owner: "model", of: ids)
        let metrics = try modelMetrics(database, of: ids)
        return rows.map { row in
            var row = row
            row.tags = tags[row.id] ?? []
            row.params = params[row.id] ?? []
            row.metrics = metrics[row.id] ?? []
            return row
        }
    }

    private static func modelMetrics(
        _ database: Database, of models: [String]
    ) throws -> [String: [TrackedMetric]] {
        let rows = try database.fetch(
            """
            SELECT model, key, value, is_nan, timestamp, step, dataset_name, dataset_digest, run
            FROM logged_model_metric WHERE model IN (SELECT value FROM json_each(?))
            ORDER BY model, key, timestamp, step, run
            """, [Query.json(models)]
        ) { reader in
            let model = try reader.text()
            var metric = try readTrackedMetric(&reader)
            metric.modelID = model
            metric.datasetName = try reader.optionalText()
            metric.datasetDigest = try reader.optionalText()
            metric.runID = try reader.text()
            return (model, metric)
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}
