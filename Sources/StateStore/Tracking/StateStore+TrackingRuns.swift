import DAGDomain
import GRDB

/// A run of MLflow that is to be made.
package struct TrackingRunDraft: Hashable, Sendable {
    package let id: String
    package var name: String
    package var userID: String
    package var startedAt: Int64
    package var tags: [TrackedText]

    package init(id: String, name: String, userID: String, startedAt: Int64, tags: [TrackedText]) {
        self.id = id
        self.name = name
        self.userID = userID
        self.startedAt = startedAt
        self.tags = tags
    }
}

extension StateStore {
    static let runNameTag = "mlflow.runName"

    /// The runs of the experiments that a search is about, in its order.
    package func trackingRuns(
        of experiments: [Int64], _ search: TrackingSearch
    ) throws(StateStoreError) -> TrackingPage<TrackingRunRow> {
        try read { database in
            var query = try TrackingQuery(.runs, search)
            query.add(
                "tracking_run.experiment IN (SELECT value FROM json_each(?))",
                [Query.json(experiments.map { "\($0)" })])
            if !search.order.contains(where: { $0.field == .attribute("start_time") }) {
                query.addOrder("tracking_run.started_at DESC")
            }
            query.addOrder("tracking_run.id")
            let rows = try Self.trackingRuns(
                database, "\(query.query.clause) \(query.orderClause) LIMIT ? OFFSET ?",
                query.query.values + query.orderValues + [search.limit + 1, search.offset])
            return TrackingPage(rows, limit: search.limit, offset: search.offset)
        }
    }

    package func trackingRun(_ id: String) throws(StateStoreError) -> TrackingRunRow? {
        try read { try Self.trackingRuns($0, "WHERE id = ?", [id]).first }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func createTrackingRun(
        _ draft: TrackingRunDraft, experiment id: Int64, at: Timestamp
    ) throws -> TrackingRunRow {
        try tracking(at: at) { batch in
            let experiment = try Self.requireActiveExperiment(id, batch.database)
            try Self.insert(draft, into: experiment, in: batch)
            return try Self.requireTrackingRun(draft.id, batch.database)
        }
    }

    static func insert(_ draft: TrackingRunDraft, into experiment: ExperimentRow, in batch: WriteBatch) throws
    {
        try batch.execute(
            """
            INSERT INTO tracking_run
                (id, experiment, name, user_id, status, started_at, stage, artifact_location)
            VALUES (?, ?, ?, ?, 'RUNNING', ?, 'active', ?)
            """,
            [
                draft.id, experiment.id, draft.name, draft.userID, draft.startedAt,
                "\(experiment.artifactLocation)/\(draft.id)/artifacts",
            ])
        for tag in draft.tags { try setTag(tag, ofRun: draft.id, in: batch) }
    }

    /// Changes what is given.
    ///
    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func updateTrackingRun(
        _ id: String, status: TrackingRunStatus?, endedAt: Int64?, name: String?, at: Timestamp
    ) throws -> TrackingRunRow {
        try tracking(at: at) { batch in
            try Self.requireActiveRun(id, batch.database)
            if let status {
                try batch.execute(
                    "UPDATE tracking_run SET status = ? WHERE id = ?", [status.rawValue, id])
            }
            if let endedAt {
                try batch.execute("UPDATE tracking_run SET ended_at = ? WHERE id = ?", [endedAt, id])
            }
            if let name, !name.isEmpty {
                try Self.setTag(TrackedText(key: Self.runNameTag, value: name), ofRun: id, in: batch)
            }
            return try Self.requireTrackingRun(id, batch.database)
        }
    }

    /// Into the bin or out of it; either may be repeated.
    ///
    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func moveTrackingRun(_ id: String, to stage: TrackingStage, at: Timestamp) throws {
        try tracking(at: at) { batch in
            _ = try Self.requireTrackingRun(id, batch.database)
            try batch.execute(
                "UPDATE tracking_run SET stage = ?, deleted_at = ? WHERE id = ?",
                [stage.rawValue, stage == .deleted ? at.millisecondsSinceEpoch : nil, id])
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func deleteTag(_ key: String, ofRun id: String, at: Timestamp) throws {
        try tracking(at: at) { batch in
            try Self.requireActiveRun(id, batch.database)
            let count = try batch.execute("DELETE FROM tracking_tag WHERE run = ? AND key = ?", [id, key])
            guard count > 0 else { throw TrackingRefusal.unknownRunTag(key: key, run: id) }
        }
    }

    // MARK: Help

    /// The tag with the run's name is its name.
    static func setTag(_ tag: TrackedText, ofRun id: String, in batch: WriteBatch) throws {
        try batch.execute(
            "INSERT INTO tracking_tag VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [id, tag.key, tag.value])
        if tag.key == runNameTag {
            try batch.execute("UPDATE tracking_run SET name = ? WHERE id = ?", [tag.value, id])
        }
    }

    static func requireTrackingRun(_ id: String, _ database: Database) throws -> TrackingRunRow {
        guard let run = try trackingRuns(database, "WHERE id = ?", [id]).first else {
            throw TrackingRefusal.unknownRun(id)
        }
        return run
    }

    /// Looks only at what has to be known before something is logged.
    @discardableResult
    static func requireActiveRun(_ id: String, _ database: Database) throws -> Int64 {
        let found = try database.fetch(
            "SELECT experiment, stage FROM tracking_run WHERE id = ?", [id]
        ) { reader in (try reader.integer(), try reader.choice(TrackingStage.self)) }.first
        guard let (experiment, stage) = found else { throw TrackingRefusal.unknownRun(id) }
        guard stage == .active else { throw TrackingRefusal.runDeleted(id) }
        return experiment
    }

    static func trackingRuns(
        _ database: Database, _ rest: String, _ values: [(any DatabaseValueConvertible)?]
    ) throws -> [TrackingRunRow] {
        let rows = try database.fetch(
            """
            SELECT id, experiment, name, user_id, status, started_at, ended_at, stage, artifact_location
            FROM tracking_run \(rest)
            """, values
        ) { reader in
            TrackingRunRow(
                id: try reader.text(), experiment: try reader.integer(), name: try reader.text(),
                userID: try reader.text(), status: try reader.choice(), startedAt: try reader.integer(),
                endedAt: try reader.optionalInteger(), stage: try reader.choice(),
                artifactLocation: try reader.text())
        }
        return try completed(rows, database)
    }

    private static func completed(_ rows: [TrackingRunRow], _ database: Database) throws -> [TrackingRunRow] {
        guard !rows.isEmpty else { return [] }
        let ids = rows.map(\.id)
        let tags = try keyedTexts(database, "tracking_tag", owner: "run", of: ids)
        let params = try keyedTexts(database, "tracking_param", owner: "run", of: ids)
        let metrics = try latestMetrics(database, of: ids)
        let datasets = try datasets(database, of: ids)
        let models = try modelLinks(database, of: ids)
        return rows.map { row in
            var row = row
            row.tags = tags[row.id] ?? []
            row.params = params[row.id] ?? []
            row.metrics = metrics[row.id] ?? []
            row.datasets = datasets[row.id] ?? []
            row.models = models[row.id] ?? []
            return row
        }
    }

    private static func latestMetrics(
        _ database: Database, of runs: [String]
    ) throws -> [String: [TrackedMetric]] {
        let rows = try database.fetch(
            """
            SELECT run, key, value, is_nan, timestamp, step FROM tracking_latest_metric
            WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key
            """, [Query.json(runs)]
        ) { reader in (try reader.text(), try readTrackedMetric(&reader)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// Five columns: key, value, is_nan, timestamp, step.
    static func readTrackedMetric(_ reader: inout RowReader) throws -> TrackedMetric {
        let key = try reader.text()
        let value = try reader.optionalDouble() ?? 0
        let isNaN = try reader.bool()
        return TrackedMetric(
            key: key, value: isNaN ? .nan : value, timestamp: try reader.integer(),
            step: try reader.integer())
    }
}
