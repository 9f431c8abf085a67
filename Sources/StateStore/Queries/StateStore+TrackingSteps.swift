import DAGDomain
import GRDB
import JSONText

/// A step that waits to be told.
package struct TrackingStepRow: Hashable, Sendable {
    package let id: Int64
    package let at: Timestamp
    package let step: TrackingStep
    /// How often the server has refused it.
    package let tries: Int
}

/// How much an MLflow server of the person's own has not been told.
package struct TrackingBacklog: Hashable, Sendable {
    package let steps: Int
    package let oldest: Timestamp?
    /// What was wrong the last time, of the oldest step with something wrong.
    package let problem: String?
}

/// A version of ours as a server of the person's own knows it.
package struct TrackedVersion: Hashable, Sendable {
    /// Sent along when it is made.
    package let mark: String
    /// Nil until the server has given one.
    package let number: String?
}

extension StateStore {
    static func insert(_ steps: [TrackingStep], at: Timestamp, into batch: WriteBatch) throws {
        for step in steps {
            if case .renamed(let model, let old) = step {
                // What still waits is told under the new name, after the renaming.
                try batch.execute(
                    "UPDATE tracking_step SET model = ? WHERE model = ?", [model.text, old.text])
            }
            let row = StepColumns(step)
            try batch.execute(
                """
                INSERT INTO tracking_step (at, kind, model, version, item, detail, due_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    at.microsecondsSinceEpoch, row.kind, row.model, row.version, row.item, row.detail,
                    at.microsecondsSinceEpoch,
                ])
        }
    }

    /// The next step that is due: of each model in the order of the changes, but renamings first, because what is told of a
    /// model is told under its present name.
    package func dueTrackingStep(at: Timestamp) throws(StateStoreError) -> TrackingStepRow? {
        try read { database in
            try database.fetch(
                """
                SELECT id, at, tries, kind, model, version, item, detail FROM tracking_step AS step
                WHERE due_at <= ? AND \(Self.isFirst) ORDER BY id LIMIT 1
                """, [at.microsecondsSinceEpoch], as: StepColumns.read
            ).first
        }
    }

    /// Of a model's steps the first one, and the ends of runs.
    private static let isFirst = """
        (model IS NULL OR NOT EXISTS (
            SELECT 1 FROM tracking_step AS other WHERE other.model = step.model
                AND (other.kind <> 'renamed', other.id) < (step.kind <> 'renamed', step.id)))
        """

    /// When the next step is due; nil when none waits.
    package func nextTrackingStep() throws(StateStoreError) -> Timestamp? {
        try read { database in
            try database.fetch("SELECT min(due_at) FROM tracking_step AS step WHERE \(Self.isFirst)") {
                try $0.optionalTimestamp()
            }.first.flatMap { $0 }
        }
    }

    package func trackingStepIsTold(_ row: TrackingStepRow, at: Timestamp) throws(StateStoreError) {
        let model = StepColumns(row.step).model
        try write(at: at) {
            // A step whose model was renamed meanwhile was told of a name that is nobody's: it stays, under the new one.
            try $0.execute("DELETE FROM tracking_step WHERE id = ? AND model IS ?", [row.id, model])
        }
    }

    /// Lets everything be tried at once.
    package func hurryTrackingSteps(at: Timestamp) throws(StateStoreError) {
        let last = try read { database in
            try database.fetch("SELECT max(due_at) FROM tracking_step") { try $0.optionalTimestamp() }
        }.first.flatMap { $0 }
        guard let last, last > at else { return }
        try write(at: at) { batch in
            try batch.execute(
                "UPDATE tracking_step SET due_at = ? WHERE due_at > ?",
                [at.microsecondsSinceEpoch, at.microsecondsSinceEpoch])
        }
    }

    /// - Parameter due: when it is tried again.
    package func trackingStepFails(
        _ id: Int64, problem: String, due: Timestamp, at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.execute(
                "UPDATE tracking_step SET tries = tries + 1, problem = ?, due_at = ? WHERE id = ?",
                [problem, due.microsecondsSinceEpoch, id])
        }
    }

    package func trackingBacklog() throws(StateStoreError) -> TrackingBacklog {
        try read { database in
            let found = try database.fetch("SELECT count(*), min(at) FROM tracking_step") {
                (try $0.int(), try $0.optionalTimestamp())
            }.first
            let problem = try database.fetch(
                "SELECT problem FROM tracking_step WHERE problem IS NOT NULL ORDER BY id LIMIT 1"
            ) { try $0.text() }.first
            return TrackingBacklog(steps: found?.0 ?? 0, oldest: found?.1, problem: problem)
        }
    }

    // MARK: Versions

    package func trackedVersion(
        _ key: ModelVersionKey, at server: String
    ) throws(StateStoreError) -> TrackedVersion? {
        try read { database in
            try database.fetch(
                "SELECT mark, number FROM tracked_version WHERE model = ? AND version = ? AND server = ?",
                [key.model.text, key.version.value, server]
            ) { TrackedVersion(mark: try $0.text(), number: try $0.optionalText()) }.first
        }
    }

    /// The numbers that a server has given to the versions of a model.
    package func trackedNumbers(
        of model: ModelName, at server: String
    ) throws(StateStoreError) -> [ModelVersionNumber: String] {
        try read { database in
            try Dictionary(
                uniqueKeysWithValues: database.fetch(
                    """
                    SELECT version, number FROM tracked_version
                    WHERE model = ? AND server = ? AND number IS NOT NULL
                    """, [model.text, server]
                ) { (ModelVersionNumber(try $0.int()), try $0.text()) })
        }
    }

    /// The mark of a version that the server is to be told of: made once, and kept before the server hears it.
    ///
    /// - Returns: nil when the version is not there any more.
    package func markTrackedVersion(
        _ key: ModelVersionKey, for server: String, at: Timestamp
    ) throws(StateStoreError) -> TrackedVersion? {
        try write(at: at) { batch in
            try batch.execute(
                """
                INSERT INTO tracked_version (model, version, server, mark)
                SELECT model, version, ?, lower(hex(randomblob(16))) FROM model_version
                WHERE model = ? AND version = ?
                ON CONFLICT (model, version, server) DO NOTHING
                """, [server, key.model.text, key.version.value])
        }
        return try trackedVersion(key, at: server)
    }

    /// - Parameter number: nil when the server does not have the version any more.
    package func setTrackedNumber(
        _ number: String?, of key: ModelVersionKey, at server: String, now: Timestamp
    ) throws(StateStoreError) {
        try write(at: now) { batch in
            try batch.execute(
                "UPDATE tracked_version SET number = ? WHERE model = ? AND version = ? AND server = ?",
                [number, key.model.text, key.version.value, server])
        }
    }
}

/// A step as a row.
private struct StepColumns {
    let kind: String
    var model: String?
    var version: Int?
    var item: String?
    var detail: String?

    init(_ step: TrackingStep) {
        switch step {
        case .run(let attempt, let object): (kind, item, detail) = ("run", attempt.text, object.text())
        case .model(let name): (kind, model) = ("model", name.text)
        case .renamed(let name, let old): (kind, model, item) = ("renamed", name.text, old.text)
        case .version(let key): (kind, model, version) = ("version", key.model.text, key.version.value)
        case .tag(let name, let number, let key):
            (kind, model, version, item) = ("tag", name.text, number?.value, key)
        case .alias(let name, let alias): (kind, model, item) = ("alias", name.text, alias.text)
        }
    }

    static func read(_ reader: inout RowReader) throws -> TrackingStepRow {
        let id = try reader.integer()
        let at = try reader.timestamp()
        let tries = try reader.int()
        let kind = try reader.text()
        let model = ModelName(try reader.optionalText() ?? "")
        let version = try reader.optionalInteger().map { ModelVersionNumber(Int($0)) }
        let item = try reader.optionalText() ?? ""
        let detail = try reader.optionalText()
        let step: TrackingStep
        switch (kind, version) {
        case ("run", _):
            guard let object = try? JSONValue.parse(detail ?? "").objectValue else {
                throw RowError(detail: "the step \(id) holds no JSON object")
            }
            step = .run(AttemptID(item), object)
        case ("model", _): step = .model(model)
        case ("renamed", _): step = .renamed(model, from: ModelName(item))
        case ("version", let version?): step = .version(ModelVersionKey(model, version))
        case ("tag", _): step = .tag(model, version, key: item)
        case ("alias", _): step = .alias(model, AliasName(item))
        default: throw RowError(detail: "the step \(id) is `\(kind)`")
        }
        return TrackingStepRow(id: id, at: at, step: step, tries: tries)
    }
}
