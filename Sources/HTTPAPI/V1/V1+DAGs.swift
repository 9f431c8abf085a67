import APITypes
import DAGDomain
import DAGLoading
import JSONText
import SchedulerService
import StateStore

extension V1.DAG {
    /// Inside `Backend.reading` only.
    init(_ row: DAGRow, activeRuns: Int, _ backend: Backend) throws {
        let dagID = row.status.dagID
        let dag = try backend.definition(row)
        let settings = dag?.settings ?? DAGSettings()
        var filter = RunFilter()
        filter.dagIDs = [dagID]
        filter.limit = 1
        let isScheduled = row.status.isActive && !row.status.isPaused
        self.init(
            dagID: dagID.text, description: row.description, owner: row.owner, tags: row.tags,
            schedule: settings.scheduleSummary, timezone: settings.timeZone.text,
            isPaused: row.status.isPaused, pauseReason: row.status.pauseReason, isActive: row.status.isActive,
            hasImportErrors: backend.controlPlane.catalog.entry(dagID)?.isBroken ?? false,
            fileloc: row.path, version: row.status.version.text,
            maxActiveRuns: settings.maximumActiveRuns, maxActiveTasks: settings.maximumActiveTasks,
            taskCount: dag?.tasks.count ?? 0, activeRuns: activeRuns,
            nextLogicalDate: isScheduled ? backend.nextRun(of: dagID)?.logicalDate.rfc3339 : nil,
            latestRun: try backend.store.runs(filter).rows.first.map { V1.Run($0.run) })
    }
}

extension V1.DAGDetails {
    /// Inside `Backend.reading` only.
    init(_ row: DAGRow, _ backend: Backend) throws {
        let dag = try backend.definition(row)
        let settings = dag?.settings ?? DAGSettings()
        let counts = try backend.store.runCounts(of: [row.status.dagID])
        self.init(
            dag: try V1.DAG(row, activeRuns: counts.unfinished, backend),
            documentation: settings.documentation, startDate: settings.startDate?.rfc3339,
            endDate: settings.endDate?.rfc3339, catchup: settings.catchup.summary,
            dagrunTimeout: settings.runTimeout?.inSeconds,
            params: JSONObject(settings.parameters.map { ($0.name, .object($0.schema)) }),
            tasks: dag.map { dag in
                let groups = GroupNames(dag)
                return dag.tasks.enumerated().map { V1.Task($1, at: $0, in: dag, groups) }
            } ?? [], groups: dag.map { V1.TaskGroup.all(of: $0) } ?? [],
            errors: backend.controlPlane.catalog.entry(row.status.dagID)?.diagnostics
                .map { V1.Diagnostic($0) } ?? [])
        retraining = try backend.controlPlane.retraining(of: row.status.dagID).map { V1.Retraining($0) }
        assets = try backend.controlPlane.assetWaiting(of: row.status.dagID).map { V1.AssetWaiting($0) }
    }
}

extension [RunCountRow] {
    /// How many runs are queued or running.
    var unfinished: Int { filter { !$0.state.isFinished }.reduce(0) { $0 + $1.runs } }
}

extension V1.Diagnostic {
    init(_ diagnostic: Diagnostic) {
        self.init(
            line: diagnostic.line, column: diagnostic.column, pointer: diagnostic.pointer,
            message: diagnostic.message)
    }
}

extension V1.UpcomingRun {
    init(_ run: UpcomingRun) {
        self.init(
            dagID: run.dagID.text, logicalDate: run.logicalDate.rfc3339,
            dataIntervalStart: run.dataIntervalStart.rfc3339,
            dataIntervalEnd: run.dataIntervalEnd.rfc3339, runAfter: run.runAfter.rfc3339,
            localTime: run.localTime, daylightSaving: run.daylightSavingMark)
    }
}

extension V1.Pool {
    init(_ row: PoolRow) {
        self.init(
            name: row.pool.name.text, slots: row.pool.slots, description: row.pool.description,
            runningSlots: row.runningSlots, queuedSlots: row.queuedSlots, scheduledSlots: row.scheduledSlots,
            openSlots: row.freeSlots)
    }
}

extension PoolRow {
    /// Airflow's figure for a pool without a limit is -1 too.
    var freeSlots: Int { pool.slots < 0 ? -1 : max(0, openSlots) }
}
