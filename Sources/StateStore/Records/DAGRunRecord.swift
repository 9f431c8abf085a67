import DAGDomain
import GRDB
import JSONText

/// The columns of a run and how they become one.
enum DAGRunRecord {
    /// In the order in which `read` takes them; `dag_run` must be joined with its `dag_version`.
    static let columns = """
        dag_run.number, dag_run.dag_id, dag_run.run_id, dag_version.hash, dag_run.type, dag_run.triggered_by,
        dag_run.logical_date, dag_run.data_interval_start, dag_run.data_interval_end, dag_run.run_after,
        dag_run.queued_at, dag_run.parameters, dag_run.note, dag_run.parent_run, dag_run.parent_task,
        dag_run.parent_map_index, dag_run.state, dag_run.start_date, dag_run.end_date, dag_run.reason,
        dag_run.backfill, dag_run.concurrency_key, dag_run.reason_detail, dag_run.deadlines,
        dag_run.cache_use, dag_run.reproduces, dag_run.redeploys
        """
    static let source = "dag_run JOIN dag_version ON dag_version.id = dag_run.version"

    static func read(_ reader: inout RowReader) throws -> DAGRun {
        var run = DAGRun(
            number: RunNumber(try reader.integer()), dagID: try reader.identifier(),
            runID: try reader.identifier(), version: try reader.identifier(), type: try reader.choice(),
            trigger: try reader.choice(), logicalDate: try reader.optionalTimestamp(),
            dataIntervalStart: try reader.optionalTimestamp(),
            dataIntervalEnd: try reader.optionalTimestamp(),
            runAfter: try reader.timestamp(), queuedAt: try reader.timestamp(),
            parameters: try reader.object(),
            note: try reader.optionalText(), parent: try readParent(&reader), state: try reader.choice(),
            startDate: try reader.optionalTimestamp(), endDate: try reader.optionalTimestamp(),
            reason: try reader.optionalChoice())
        run.backfill = try reader.optionalInteger().map { BackfillID($0) }
        run.concurrencyKey = try reader.optionalText()
        run.reasonDetail = try reader.optionalText()
        try DeadlineCoding.read(try reader.optionalText(), into: &run)
        run.cacheUse = try reader.choice()
        run.reproduces = try reader.optionalText().flatMap(modelVersion)
        run.redeploys = try reader.optionalText().flatMap(modelVersion)
        return run
    }

    /// `NAME@NUMBER`; names may have an `@` too.
    private static func modelVersion(_ text: String) throws -> ModelVersionKey {
        guard let place = text.lastIndex(of: "@"), let number = Int(text[text.index(after: place)...]),
            number >= 1
        else { throw RowError(detail: "a run is about a version of a model that is none") }
        return ModelVersionKey(ModelName(String(text[..<place])), ModelVersionNumber(number))
    }

    private static func readParent(_ reader: inout RowReader) throws -> TaskInstanceKey? {
        let run = try reader.optionalInteger()
        let task = try reader.optionalInteger()
        let mapIndex = try reader.optionalInteger()
        guard let run, let task, let mapIndex else { return nil }
        return TaskInstanceKey(run: RunNumber(run), task: Int(task), mapIndex: Int(mapIndex))
    }

    static func insert(_ run: DAGRun, into batch: WriteBatch) throws {
        let stored = try batch.execute(
            """
            INSERT INTO dag_run SELECT ?, ?, ?, id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?
            FROM dag_version WHERE dag_id = ? AND hash = ?
            """,
            [
                run.number.value, run.dagID.text, run.runID.text, run.type.rawValue, run.trigger.rawValue,
                run.logicalDate?.microsecondsSinceEpoch, run.dataIntervalStart?.microsecondsSinceEpoch,
                run.dataIntervalEnd?.microsecondsSinceEpoch, run.runAfter.microsecondsSinceEpoch,
                run.queuedAt.microsecondsSinceEpoch, run.parameters.text(), run.note, run.parent?.run.value,
                run.parent?.task, run.parent?.mapIndex, run.state.rawValue,
                run.startDate?.microsecondsSinceEpoch, run.endDate?.microsecondsSinceEpoch,
                run.reason?.rawValue, run.backfill?.value, run.concurrencyKey, run.reasonDetail,
                DeadlineCoding.text(of: run), run.cacheUse.rawValue, run.reproduces?.description,
                run.redeploys?.description,
                run.dagID.text,
                run.version.text,
            ])
        guard stored == 1 else {
            throw GuardError(
                detail: "run \(run.runID) needs version \(run.version) of \(run.dagID), not recorded")
        }
    }

    static func update(_ run: DAGRun, from state: DAGRunState, in batch: WriteBatch) throws {
        try batch.changeOne(
            """
            UPDATE dag_run SET state = ?, start_date = ?, end_date = ?, reason = ?, parameters = ?,
                backfill = ?, reason_detail = ?, deadlines = ?, cache_use = ?
            WHERE number = ? AND state = ?
            """,
            [
                run.state.rawValue, run.startDate?.microsecondsSinceEpoch,
                run.endDate?.microsecondsSinceEpoch,
                run.reason?.rawValue, run.parameters.text(), run.backfill?.value, run.reasonDetail,
                DeadlineCoding.text(of: run), run.cacheUse.rawValue, run.number.value, state.rawValue,
            ],
            expecting: "run \(run.number.value) to be \(state.rawValue) before it is \(run.state.rawValue)")
    }
}
