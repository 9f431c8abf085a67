import DAGDomain
import GRDB

extension StateStore {
    /// What one call logs on a run: all of it or, when it is refused, nothing.
    package struct TrackingEntry: Hashable, Sendable {
        package var metrics: [TrackedMetric]
        package var params: [TrackedText]
        package var tags: [TrackedText]

        package init(
            metrics: [TrackedMetric] = [], params: [TrackedText] = [], tags: [TrackedText] = []
        ) {
            self.metrics = metrics
            self.params = params
            self.tags = tags
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func log(_ entry: TrackingEntry, onRun id: String, at: Timestamp) throws {
        try tracking(at: at) { batch in
            try Self.requireActiveRun(id, batch.database)
            let params = try Self.newParams(entry.params, ofRun: id, batch.database)
            for param in params {
                try batch.execute(
                    "INSERT INTO tracking_param VALUES (?, ?, ?)", [id, param.key, param.value])
            }
            for metric in entry.metrics { try Self.insert(metric, ofRun: id, in: batch) }
            for tag in entry.tags { try Self.setTag(tag, ofRun: id, in: batch) }
        }
    }

    /// Those that are not logged yet.
    private static func newParams(
        _ params: [TrackedText], ofRun id: String, _ database: Database
    ) throws -> [TrackedText] {
        guard !params.isEmpty else { return [] }
        let rows = try keyedTexts(database, "tracking_param", owner: "run", of: [id])[id] ?? []
        var known = Dictionary(rows.map { ($0.key, $0.value) }) { first, _ in first }
        var new: [TrackedText] = []
        var changed: [TrackingRefusal.ChangedParam] = []
        for param in params {
            if let old = known[param.key] {
                if old != param.value {
                    changed.append(.init(key: param.key, old: old, new: param.value))
                }
            } else {
                known[param.key] = param.value
                new.append(param)
            }
        }
        guard changed.isEmpty else { throw TrackingRefusal.paramsChanged(run: id, changed) }
        return new
    }

    /// The same value at the same moment and step is logged once.
    private static func insert(_ metric: TrackedMetric, ofRun id: String, in batch: WriteBatch) throws {
        let values: [(any DatabaseValueConvertible)?] = [
            id, metric.key, metric.timestamp, metric.step, metric.value.isNaN ? 0 : metric.value,
            metric.value.isNaN,
        ]
        try batch.execute("INSERT OR IGNORE INTO tracking_metric VALUES (?, ?, ?, ?, ?, ?)", values)
        try batch.execute(
            """
            INSERT INTO tracking_latest_metric VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET timestamp = excluded.timestamp, step = excluded.step,
                    value = excluded.value, is_nan = excluded.is_nan
                WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)
            """, values)
        try insertOfModel(metric, run: id, in: batch)
    }

    /// A metric that was measured on a logged model is also one of the model.
    private static func insertOfModel(_ metric: TrackedMetric, run: String, in batch: WriteBatch) throws {
        guard let model = metric.modelID, !model.isEmpty else { return }
        try batch.execute(
            """
            INSERT OR IGNORE INTO logged_model_metric
            SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM logged_model WHERE id = ?
            """,
            [
                metric.key, metric.timestamp, metric.step, run, metric.value.isNaN ? 0 : metric.value,
                metric.value.isNaN, metric.datasetName, metric.datasetDigest, model,
            ])
    }

    // MARK: History

    /// Every value of a metric, by time.
    package func metricHistory(
        ofRun id: String, key: String, limit: Int?, offset: Int
    ) throws(StateStoreError) -> TrackingPage<TrackedMetric> {
        try read { database in
            let rows = try database.fetch(
                """
                SELECT key, value, is_nan, timestamp, step FROM tracking_metric WHERE run = ? AND key = ?
                ORDER BY timestamp, step, value LIMIT ? OFFSET ?
                """, [id, key, limit.map { $0 + 1 } ?? -1, offset], as: Self.readTrackedMetric)
            guard let limit else { return TrackingPage(rows: rows, nextOffset: nil) }
            return TrackingPage(rows, limit: limit, offset: offset)
        }
    }

    /// Values of a metric in an interval of steps, by step and time; at most `limit`, evenly spread, with the first and
    /// the last.
    package func sampledMetrics(
        ofRun id: String, key: String, steps: ClosedRange<Int64>?, limit: Int
    ) throws(StateStoreError) -> [TrackedMetric] {
        try read { database in
            var query = Query()
            query.add("run = ?", id)
            query.add("key = ?", key)
            if let steps { query.add("step BETWEEN ? AND ?", steps.lowerBound, steps.upperBound) }
            return try database.fetch(
                """
                WITH numbered AS (
                    SELECT key, value, is_nan, timestamp, step,
                        row_number() OVER (ORDER BY step, timestamp, value) - 1 AS place,
                        count(*) OVER () AS total
                    FROM tracking_metric \(query.clause))
                SELECT key, value, is_nan, timestamp, step FROM numbered
                WHERE total <= ? OR place = total - 1
                    OR (? > 1 AND place * (? - 1) / (total - 1) <> (place - 1) * (? - 1) / (total - 1))
                    OR (? > 1 AND place = 0)
                ORDER BY place
                """, query.values + [limit, limit, limit, limit, limit], as: Self.readTrackedMetric)
        }
    }

    // MARK: Data and models that a run used

    /// Remembers the data that a run read. A dataset with the same name and digest is known once in an experiment.
    ///
    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func logInputs(
        _ datasets: [TrackedDataset], _ models: [TrackedModelLink], onRun id: String, at: Timestamp
    ) throws {
        try tracking(at: at) { batch in
            let experiment = try Self.requireActiveRun(id, batch.database)
            for dataset in datasets { try Self.insert(dataset, experiment, run: id, in: batch) }
            for model in models {
                try batch.execute(
                    "INSERT OR IGNORE INTO tracking_model VALUES (?, ?, ?, ?)",
                    [id, model.direction.rawValue, model.modelID, model.step])
            }
        }
    }

    private static func insert(
        _ dataset: TrackedDataset, _ experiment: Int64, run: String, in batch: WriteBatch
    ) throws {
        try batch.execute(
            """
            INSERT OR IGNORE INTO tracking_dataset
                (experiment, name, digest, source_type, source, schema, profile) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                experiment, dataset.name, dataset.digest, dataset.sourceType, dataset.source, dataset.schema,
                dataset.profile,
            ])
        let number = try batch.database.fetch(
            "SELECT id FROM tracking_dataset WHERE experiment = ? AND name = ? AND digest = ?",
            [experiment, dataset.name, dataset.digest]
        ) { try $0.integer() }.first
        let isNew =
            try batch.execute("INSERT OR IGNORE INTO tracking_input VALUES (?, ?)", [run, number]) > 0
        guard isNew else { return }
        for tag in dataset.tags {
            try batch.execute(
                "INSERT OR IGNORE INTO tracking_input_tag VALUES (?, ?, ?, ?)",
                [run, number, tag.key, tag.value])
        }
    }

    static func datasets(_ database: Database, of runs: [String]) throws -> [String: [TrackedDataset]] {
        let tags = try database.fetch(
            """
            SELECT run, dataset, key, value FROM tracking_input_tag
            WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, dataset, key
            """, [Query.json(runs)]
        ) { reader in
            (
                "\(try reader.text()) \(try reader.integer())",
                TrackedText(key: try reader.text(), value: try reader.text())
            )
        }
        let tagsByUse = Dictionary(grouping: tags, by: \.0).mapValues { $0.map(\.1) }
        let rows = try database.fetch(
            """
            SELECT tracking_input.run, id, name, digest, source_type, source, schema, profile
            FROM tracking_input JOIN tracking_dataset ON tracking_dataset.id = tracking_input.dataset
            WHERE tracking_input.run IN (SELECT value FROM json_each(?)) ORDER BY tracking_input.run, id
            """, [Query.json(runs)]
        ) { reader in
            let run = try reader.text()
            let number = try reader.integer()
            return (
                run,
                TrackedDataset(
                    name: try reader.text(), digest: try reader.text(), sourceType: try reader.text(),
                    source: try reader.text(), schema: try reader.optionalText(),
                    profile: try reader.optionalText(), tags: tagsByUse["\(run) \(number)"] ?? [])
            )
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    static func modelLinks(_ database: Database, of runs: [String]) throws -> [String: [TrackedModelLink]] {
        let rows = try database.fetch(
            """
            SELECT run, direction, model, step FROM tracking_model
            WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, direction, model, step
            """, [Query.json(runs)]
        ) { reader in
            (
                try reader.text(),
                TrackedModelLink(
                    direction: try reader.choice(), modelID: try reader.text(), step: try reader.integer())
            )
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}
