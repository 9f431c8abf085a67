import DAGDomain
import GRDB

extension StateStore {
    /// Asks for a change that may be refused; nothing is written then.
    ///
    /// - Parameter body: checks first and writes afterwards.
    func tracking<Value>(
        at: Timestamp, _ body: (WriteBatch) throws -> Value
    ) throws -> Value {
        var answer: Result<Value, TrackingRefusal>?
        try write(at: at) { batch in
            do {
                answer = .success(try body(batch))
            } catch let refusal as TrackingRefusal {
                answer = .failure(refusal)
            }
        }
        guard let answer else { throw StateStoreError.closed }
        return try answer.get()
    }

    /// The experiments that a search is about, in its order.
    package func experiments(
        _ search: TrackingSearch
    ) throws(StateStoreError) -> TrackingPage<ExperimentRow> {
        try read { database in
            var query = try TrackingQuery(.experiments, search)
            if search.order.isEmpty {
                query.addOrder("created_at DESC")
                query.addOrder("id")
            } else {
                query.addOrder("id DESC")
            }
            let rows = try Self.experiments(
                database, "\(query.query.clause) \(query.orderClause) LIMIT ? OFFSET ?",
                query.query.values + query.orderValues + [search.limit + 1, search.offset])
            return TrackingPage(rows, limit: search.limit, offset: search.offset)
        }
    }

    /// Also one that is deleted.
    package func experiment(_ id: Int64) throws(StateStoreError) -> ExperimentRow? {
        try read { try Self.experiments($0, "WHERE id = ?", [id]).first }
    }

    /// Also one that is deleted: its name is still taken.
    package func experiment(named name: String) throws(StateStoreError) -> ExperimentRow? {
        try read { try Self.experiments($0, "WHERE name = ?", [name]).first }
    }

    /// - Parameters:
    ///   - id: nil for the next number.
    ///   - artifactLocation: nil for a folder of ours.
    /// - Returns: the number.
    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func createExperiment(
        named name: String, id: Int64? = nil, artifactLocation: String? = nil, tags: [TrackedText],
        at: Timestamp
    ) throws -> Int64 {
        try tracking(at: at) { batch in
            try Self.createExperiment(
                named: name, id: id, artifactLocation: artifactLocation, tags: tags, at: at, in: batch)
        }
    }

    static func createExperiment(
        named name: String, id: Int64?, artifactLocation: String?, tags: [TrackedText], at: Timestamp,
        in batch: WriteBatch
    ) throws -> Int64 {
        guard try experiments(batch.database, "WHERE name = ?", [name]).isEmpty else {
            throw TrackingRefusal.experimentNameTaken(name)
        }
        let number = try id ?? nextExperiment(batch.database)
        let instant = at.millisecondsSinceEpoch
        try batch.execute(
            "INSERT INTO experiment VALUES (?, ?, ?, 'active', ?, ?)",
            [number, name, artifactLocation ?? "mlflow-artifacts:/\(number)", instant, instant])
        for tag in tags { try setTag(tag, ofExperiment: number, in: batch) }
        return number
    }

    /// Numbers of experiments that belong to DAGs are derived from the DAG's id and begin here; others count from 1.
    package static let firstDerivedExperiment: Int64 = 1_000_000_000_000_000

    private static func nextExperiment(_ database: Database) throws -> Int64 {
        try database.fetch(
            "SELECT coalesce(max(id), 0) + 1 FROM experiment WHERE id < ?", [firstDerivedExperiment]
        ) { try $0.integer() }.first ?? 1
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func renameExperiment(_ id: Int64, to name: String, at: Timestamp) throws {
        try tracking(at: at) { batch in
            let experiment = try Self.requireExperiment(id, batch.database)
            guard experiment.stage == .active else { throw TrackingRefusal.deletedExperimentRenamed }
            let holder = try Self.experiments(batch.database, "WHERE name = ?", [name]).first
            guard holder == nil || holder?.id == id else { throw TrackingRefusal.experimentNameTaken(name) }
            try batch.execute(
                "UPDATE experiment SET name = ?, updated_at = ? WHERE id = ?",
                [name, at.millisecondsSinceEpoch, id])
        }
    }

    /// Puts an experiment with its runs into the bin, or takes it out.
    ///
    /// - Throws: `TrackingRefusal` when it is not where it is to be taken from, `StateStoreError`.
    package func moveExperiment(_ id: Int64, to stage: TrackingStage, at: Timestamp) throws {
        try tracking(at: at) { batch in
            let experiment = try Self.requireExperiment(id, batch.database)
            guard experiment.stage != stage else { throw TrackingRefusal.unknownExperiment(id) }
            let instant = at.millisecondsSinceEpoch
            try batch.execute(
                "UPDATE experiment SET stage = ?, updated_at = ? WHERE id = ?", [stage.rawValue, instant, id])
            try batch.execute(
                "UPDATE tracking_run SET stage = ?, deleted_at = ? WHERE experiment = ?",
                [stage.rawValue, stage == .deleted ? instant : nil, id])
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func setTag(_ tag: TrackedText, ofExperiment id: Int64, at: Timestamp) throws {
        try tracking(at: at) { batch in
            try Self.requireActiveExperiment(id, batch.database)
            try Self.setTag(tag, ofExperiment: id, in: batch)
        }
    }

    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func deleteTag(_ key: String, ofExperiment id: Int64, at: Timestamp) throws {
        try tracking(at: at) { batch in
            try Self.requireActiveExperiment(id, batch.database)
            let count = try batch.execute(
                "DELETE FROM experiment_tag WHERE experiment = ? AND key = ?", [id, key])
            guard count > 0 else { throw TrackingRefusal.unknownExperimentTag(key: key, experiment: id) }
        }
    }

    // MARK: Help

    private static func setTag(_ tag: TrackedText, ofExperiment id: Int64, in batch: WriteBatch) throws {
        try batch.execute(
            """
            INSERT INTO experiment_tag VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET value = excluded.value
            """,
            [id, tag.key, tag.value])
    }

    static func requireExperiment(_ id: Int64, _ database: Database) throws -> ExperimentRow {
        guard let found = try experiments(database, "WHERE id = ?", [id]).first else {
            throw TrackingRefusal.unknownExperiment(id)
        }
        return found
    }

    @discardableResult
    static func requireActiveExperiment(_ id: Int64, _ database: Database) throws -> ExperimentRow {
        let experiment = try requireExperiment(id, database)
        guard experiment.stage == .active else { throw TrackingRefusal.experimentDeleted(id) }
        return experiment
    }

    static func experiments(
        _ database: Database, _ rest: String, _ values: [(any DatabaseValueConvertible)?]
    ) throws -> [ExperimentRow] {
        let rows = try database.fetch(
            "SELECT id, name, artifact_location, stage, created_at, updated_at FROM experiment \(rest)",
            values
        ) { reader in
            ExperimentRow(
                id: try reader.integer(), name: try reader.text(), artifactLocation: try reader.text(),
                stage: try reader.choice(), createdAt: try reader.integer(), updatedAt: try reader.integer())
        }
        let tags = try keyedTexts(
            database, "experiment_tag", owner: "experiment", of: rows.map { "\($0.id)" })
        return rows.map { row in
            var row = row
            row.tags = tags["\(row.id)"] ?? []
            return row
        }
    }

    /// Tags or params of several owners, by owner and in the order of their keys.
    static func keyedTexts(
        _ database: Database, _ table: String, owner: String, of owners: [String]
    ) throws -> [String: [TrackedText]] {
        guard !owners.isEmpty else { return [:] }
        let rows = try database.fetch(
            """
            SELECT CAST(\(owner) AS TEXT), key, value FROM \(table)
            WHERE \(owner) IN (SELECT value FROM json_each(?)) ORDER BY \(owner), key
            """, [Query.json(owners)]
        ) { reader in
            (try reader.text(), TrackedText(key: try reader.text(), value: try reader.text()))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}

extension Timestamp {
    /// MLflow's unit.
    package var millisecondsSinceEpoch: Int64 { microsecondsSinceEpoch / 1000 }
}
