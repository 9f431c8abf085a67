import DAGDomain
import GRDB
import JSONText

extension StateStore {
    /// Instances of a run in the order of its DAG's file.
    package func instances(
        of run: RunNumber, _ filter: InstanceFilter = InstanceFilter()
    ) throws(StateStoreError) -> Page<InstanceRow> {
        var query = Query()
        query.add("task_instance.run = ?", run.value)
        query.add("dag_version_task.task_id", in: filter.taskIDs?.map(\.text))
        query.add("dag_version_task.task_id", like: filter.taskIDPatterns)
        query.add("task_instance.state", in: filter.states?.map(\.rawValue))
        query.add("dag_version_task.pool", in: filter.pools?.map(\.text))
        if filter.isMapped { query.add("task_instance.map_index >= 0") }
        if let indices = filter.mapIndices {
            let list = JSONValue.array(indices.map { .integer(Int64($0)) }).text()
            query.add("task_instance.map_index IN (SELECT value FROM json_each(?))", list)
        }
        let direction = filter.descending ? "DESC" : "ASC"
        return try read { database in
            let rows = try database.fetch(
                """
                \(Self.instanceSelection) \(query.clause)
                ORDER BY task_instance.task \(direction), task_instance.map_index \(direction) LIMIT ? OFFSET ?
                """, query.values + [filter.limit, filter.offset], as: Self.readInstance)
            let total = try database.fetchCount(
                "SELECT count(*) FROM \(Self.instanceSource) \(query.clause)", query.values)
            return Page(rows: rows, total: total)
        }
    }

    package func instance(
        of run: RunNumber, _ taskID: TaskID, mapIndex: Int = -1
    ) throws(StateStoreError) -> InstanceRow? {
        try read { database in
            try database.fetch(
                """
                \(Self.instanceSelection) WHERE task_instance.run = ? AND task_instance.map_index = ?
                    AND task_instance.task = (SELECT task FROM dag_version_task
                        WHERE version = (SELECT version FROM dag_run WHERE number = ?) AND task_id = ?)
                """, [run.value, mapIndex, run.value, taskID.text], as: Self.readInstance
            ).first
        }
    }

    package func instance(_ key: TaskInstanceKey) throws(StateStoreError) -> InstanceRow? {
        try read { database in
            try database.fetch(
                """
                \(Self.instanceSelection)
                WHERE task_instance.run = ? AND task_instance.task = ? AND task_instance.map_index = ?
                """, [key.run.value, key.task, key.mapIndex], as: Self.readInstance
            ).first
        }
    }

    /// How many instances of a run are in each state; states without instances are left out.
    package func instanceCounts(
        of run: RunNumber
    ) throws(StateStoreError) -> [TaskInstanceState: Int] {
        try read { database in
            let counts = try database.fetch(
                "SELECT state, count(*) FROM task_instance WHERE run = ? GROUP BY state", [run.value]
            ) { reader in (try reader.choice(TaskInstanceState.self), try reader.int()) }
            return Dictionary(counts, uniquingKeysWith: +)
        }
    }

    /// The attempts of an instance, oldest first.
    package func attempts(of key: TaskInstanceKey) throws(StateStoreError) -> [Attempt] {
        try read { database in
            try database.fetch(
                """
                SELECT \(AttemptRecord.columns) FROM attempt
                WHERE run = ? AND task = ? AND map_index = ? ORDER BY try_number
                """, [key.run.value, key.task, key.mapIndex], as: AttemptRecord.read)
        }
    }

    /// All pools by name, with the slots that instances hold.
    package func pools() throws(StateStoreError) -> [PoolRow] {
        try read { database in
            try database.fetch(Self.poolSelection) { reader in
                PoolRow(
                    pool: try PoolRecord.read(&reader), runningSlots: try reader.int(),
                    queuedSlots: try reader.int(), scheduledSlots: try reader.int())
            }
        }
    }

    private static let poolSelection = """
        WITH used AS (
            SELECT dag_version_task.pool AS pool, task_instance.state AS state,
                dag_version_task.pool_slots AS slots
            FROM task_instance
            JOIN dag_run ON dag_run.number = task_instance.run
            JOIN dag_version_task ON dag_version_task.version = dag_run.version
                AND dag_version_task.task = task_instance.task
            WHERE task_instance.state = 'scheduled' OR task_instance.state = 'queued'
                OR task_instance.state = 'running')
        SELECT \(PoolRecord.columns),
            coalesce(sum(used.slots) FILTER (WHERE used.state = 'running'), 0),
            coalesce(sum(used.slots) FILTER (WHERE used.state = 'queued'), 0),
            coalesce(sum(used.slots) FILTER (WHERE used.state = 'scheduled'), 0)
        FROM pool LEFT JOIN used ON used.pool = pool.name GROUP BY pool.name ORDER BY pool.name
        """

    private static let instanceSource = """
        task_instance JOIN dag_run ON dag_run.number = task_instance.run
        JOIN dag_version ON dag_version.id = dag_run.version
        JOIN dag_version_task ON dag_version_task.version = dag_run.version
            AND dag_version_task.task = task_instance.task
        """

    private static let instanceSelection = """
        SELECT \(TaskInstanceRecord.columns), dag_run.dag_id, dag_run.run_id, dag_run.logical_date,
            dag_run.run_after, dag_version.number, dag_version_task.task_id, dag_version_task.role,
            dag_version_task.pool, dag_version_task.pool_slots, task_instance.updated_at
        FROM \(instanceSource)
        """

    private static func readInstance(_ reader: inout RowReader) throws -> InstanceRow {
        InstanceRow(
            instance: try TaskInstanceRecord.read(&reader), dagID: try reader.identifier(),
            runID: try reader.identifier(), logicalDate: try reader.optionalTimestamp(),
            runAfter: try reader.timestamp(), versionNumber: try reader.int(),
            taskID: try reader.identifier(), role: try reader.choice(), pool: try reader.identifier(),
            poolSlots: try reader.int(), updatedAt: try reader.timestamp())
    }
}
