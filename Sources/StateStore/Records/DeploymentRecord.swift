import DAGDomain
import GRDB

/// The rows of deployments.
enum DeploymentRecord {
    static let columns = """
        attempt, model, version, alias, strategy, state, previous_version, started_at, ended_at, dag_id, run_id,
        task_id, map_index, detail
        """

    /// An attempt that was known already stays as it is.
    static func insert(_ deployment: Deployment, into batch: WriteBatch) throws {
        try batch.execute(
            """
            INSERT INTO deployment (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (attempt) DO NOTHING
            """,
            [
                deployment.attempt.text, deployment.key.model.text, deployment.key.version.value,
                deployment.alias.text, deployment.strategy.rawValue, deployment.state.rawValue,
                deployment.previous?.value, deployment.startedAt.microsecondsSinceEpoch,
                deployment.endedAt?.microsecondsSinceEpoch, deployment.origin.dagID.text,
                deployment.origin.runID.text, deployment.origin.taskID.text, deployment.origin.mapIndex,
                deployment.detail,
            ])
    }

    /// At most one deployment of an alias is healthy: the one that the alias points to.
    static func end(_ attempt: AttemptID, _ end: DeploymentEnd, in batch: WriteBatch) throws {
        if end.state == .healthy {
            try batch.execute(
                """
                UPDATE deployment SET state = 'replaced' WHERE state = 'healthy'
                    AND (model, alias) = (SELECT model, alias FROM deployment WHERE attempt = ?)
                """, [attempt.text])
        }
        try batch.changeOne(
            "UPDATE deployment SET state = ?, ended_at = ?, detail = ? WHERE attempt = ? AND state = 'running'",
            [end.state.rawValue, end.endedAt.microsecondsSinceEpoch, end.detail, attempt.text],
            expecting: "a deployment of attempt \(attempt) to be under way")
    }

    /// The alias goes elsewhere.
    ///
    /// - Parameter version: where it goes; a deployment of that version stays as it is.
    static func replace(
        _ model: ModelName, _ alias: AliasName, by version: ModelVersionNumber?, in batch: WriteBatch
    ) throws {
        try batch.execute(
            """
            UPDATE deployment SET state = 'replaced'
            WHERE model = ? AND alias = ? AND state = 'healthy' AND version IS NOT ?
            """, [model.text, alias.text, version?.value])
    }

    static func read(_ reader: inout RowReader) throws -> Deployment {
        let attempt = AttemptID(try reader.text())
        let model = try reader.identifier(ModelName.self)
        let version = ModelVersionNumber(try reader.int())
        let alias = try reader.identifier(AliasName.self)
        let strategy: DeployPlan.Strategy = try reader.choice()
        let state: Deployment.State = try reader.choice()
        let previous = try reader.optionalInteger().map { ModelVersionNumber(Int($0)) }
        let started = try reader.timestamp()
        let ended = try reader.optionalTimestamp()
        return Deployment(
            attempt: attempt, key: ModelVersionKey(model, version), alias: alias, strategy: strategy,
            state: state, previous: previous, startedAt: started, endedAt: ended,
            origin: ModelOrigin(
                dagID: try reader.identifier(DAGID.self), runID: try reader.identifier(RunID.self),
                taskID: try reader.identifier(TaskID.self), mapIndex: try reader.int()),
            detail: try reader.text())
    }
}

/// Which deployments are asked for.
package enum DeploymentFilter: Hashable, Sendable {
    case all
    case model(ModelName)
    case version(ModelVersionKey)
    case run(DAGID, RunID)
    /// The one that an alias points to.
    case inService(ModelName, AliasName)

    fileprivate var clause: (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        switch self {
        case .all: ("", [])
        case .model(let name): ("WHERE model = ?", [name.text])
        case .version(let key): ("WHERE model = ? AND version = ?", [key.model.text, key.version.value])
        case .run(let dagID, let runID): ("WHERE dag_id = ? AND run_id = ?", [dagID.text, runID.text])
        case .inService(let model, let alias):
            ("WHERE model = ? AND alias = ? AND state = 'healthy'", [model.text, alias.text])
        }
    }
}

extension StateStore {
    /// The newest first.
    package func deployments(
        _ filter: DeploymentFilter, limit: Int = 50, offset: Int = 0
    ) throws(StateStoreError) -> Page<Deployment> {
        let (clause, arguments) = filter.clause
        return try read { database in
            Page(
                rows: try database.fetch(
                    """
                    SELECT \(DeploymentRecord.columns) FROM deployment \(clause)
                    ORDER BY id DESC LIMIT ? OFFSET ?
                    """, arguments + [limit, offset], as: DeploymentRecord.read),
                total: try database.fetchCount("SELECT count(*) FROM deployment \(clause)", arguments))
        }
    }

    /// The attempts whose deployments are under way.
    package func runningDeployments() throws(StateStoreError) -> Set<AttemptID> {
        try read { database in
            Set(
                try database.fetch("SELECT attempt FROM deployment WHERE state = 'running'", []) {
                    AttemptID(try $0.text())
                })
        }
    }
}
