import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore

/// A backfill that a person or a program asks for.
package struct BackfillOrder: Sendable {
    package var dagID: DAGID
    package var fromDate: Timestamp
    package var toDate: Timestamp
    package var maximumActiveRuns = 10
    package var isReversed = false
    package var isCollapsed = false
    package var reprocess = ReprocessBehavior.none
    package var conf = JSONObject()
    /// `--param k=v` texts, read by the declared type; they win over `conf`.
    package var parameterTexts: [(name: String, text: String)] = []
    /// The version of the DAG for the new runs, as the SHA-256 of its text or the beginning of it; the newest
    /// when nil.
    package var version: String?
    /// Whether what has been done already is taken from the cache.
    package var usesCache = true

    package init(dagID: DAGID, fromDate: Timestamp, toDate: Timestamp) {
        self.dagID = dagID
        self.fromDate = fromDate
        self.toDate = toDate
    }
}

/// What a backfill would do.
package struct BackfillPreview: Sendable {
    package struct Run: Sendable {
        package let coming: UpcomingRun
        package let runID: RunID
        /// Whether a finished run runs again.
        package let isRepeated: Bool
    }

    package let dagID: DAGID
    /// In the order in which they will start.
    package let runs: [Run]
    /// Dates that are left alone because they have a run.
    package let takenCount: Int
}

extension ControlPlane {
    /// What `createBackfill` would do now; changes nothing.
    package func previewBackfill(
        _ order: BackfillOrder
    ) async throws(ControlPlaneError) -> BackfillPreview {
        let request = try backfillRequest(order)
        let plan = try await engine.perform { engine throws(ControlPlaneError) in
            try engine.plan(request)
        }
        return preview(request, plan)
    }

    /// Makes a backfill and its runs. With nothing to run it is complete at once.
    package func createBackfill(
        _ order: BackfillOrder, by: String
    ) async throws(ControlPlaneError) -> (row: BackfillRow, preview: BackfillPreview) {
        let request = try backfillRequest(order)
        let (plan, id) = try await engine.perform { [library] engine throws(ControlPlaneError) in
            let plan = try engine.plan(request)
            for number in plan.entries.compactMap(\.existing) where !engine.machine.holds(number) {
                try engine.bringBack(number, library)
            }
            let decision = engine.handle(.backfillRequested(request, plan, by: by))
            guard let backfill = decision.createdBackfill else {
                throw .invalidRequest("the scheduler made no backfill")
            }
            return (plan, backfill.id)
        }
        return (try backfill(id), preview(request, plan))
    }

    package func backfill(_ id: BackfillID) throws(ControlPlaneError) -> BackfillRow {
        let row = try reading { () throws(StateStoreError) in try store.backfill(id) }
        guard let row else { throw .unknownBackfill(id) }
        return row
    }

    package func setBackfillPaused(
        _ id: BackfillID, _ isPaused: Bool
    ) async throws(ControlPlaneError) -> BackfillRow {
        try await changeBackfill(id, .backfillPauseChanged(id, isPaused: isPaused))
    }

    package func cancelBackfill(
        _ id: BackfillID, by: String
    ) async throws(ControlPlaneError) -> BackfillRow {
        try await changeBackfill(id, .backfillCancelled(id, by: by))
    }

    private func changeBackfill(
        _ id: BackfillID, _ event: SchedulerEvent
    ) async throws(ControlPlaneError) -> BackfillRow {
        guard try backfill(id).backfill.completedAt == nil else {
            throw .conflict("backfill \(id.value) is already complete")
        }
        try await perform(event)
        return try backfill(id)
    }

    // MARK: Help

    private func backfillRequest(_ order: BackfillOrder) throws(ControlPlaneError) -> BackfillRequest {
        guard (1...1_000_000).contains(order.maximumActiveRuns) else {
            throw .invalidRequest("max_active_runs must be from 1 to 1000000")
        }
        let newest = try catalog.triggerable(order.dagID)
        let dag = try order.version.map { text throws(ControlPlaneError) in try version(text, of: newest) }
        let parameters: JSONObject
        do throws(ParameterResolution.Failure) {
            parameters = try ParameterResolution((dag ?? newest).settings.parameters).resolve(
                conf: order.conf, assignments: order.parameterTexts.map { "\($0.name)=\($0.text)" })
        } catch {
            throw .invalidParameters(error.problems)
        }
        var request = BackfillRequest(
            dag: dag ?? newest, fromDate: order.fromDate, toDate: order.toDate,
            maximumActiveRuns: order.maximumActiveRuns, isReversed: order.isReversed,
            isCollapsed: order.isCollapsed, reprocess: order.reprocess, parameters: parameters)
        request.usesCache = order.usesCache
        return request
    }

    /// A stored version of a DAG by its number or the beginning of its hash.
    private func version(_ text: String, of dag: DAG) throws(ControlPlaneError) -> DAG {
        let rows = try reading { () throws(StateStoreError) in
            try store.versions(of: dag.id, limit: .max)
        }.rows
        let found = rows.filter {
            "\($0.number)" == text || (text.count >= 6 && $0.hash.text.hasPrefix(text))
        }
        guard found.count == 1, let row = found.first else {
            throw .invalidRequest(
                "DAG `\(dag.id)` has no version \(text); the newest one is number \(rows.first?.number ?? 0)")
        }
        do { return try library.dag(dag.id, row.hash) } catch {
            throw .unavailable("version \(text) of `\(dag.id)` cannot be read back: \(error)")
        }
    }

    private func preview(_ request: BackfillRequest, _ plan: BackfillPlan) -> BackfillPreview {
        let timetable = Timetable(request.dag)
        return BackfillPreview(
            dagID: request.dag.id,
            runs: plan.entries.map { entry in
                BackfillPreview.Run(
                    coming: UpcomingRun(dagID: request.dag.id, entry.run, timetable), runID: entry.runID,
                    isRepeated: entry.existing != nil)
            }, takenCount: plan.takenCount)
    }
}

extension SchedulerEngine {
    /// What a backfill would do, given the runs that there are.
    fileprivate func plan(_ request: BackfillRequest) throws(ControlPlaneError) -> BackfillPlan {
        let dagID = request.dag.id
        // A plan that is refused needs no rows; dates in the wrong order would read none.
        let rows = try reading { () throws(StateStoreError) in
            try store.datedRuns(of: dagID, from: request.fromDate, through: request.toDate)
        }
        let runIDs = try reading { () throws(StateStoreError) in
            try store.runIDs(of: dagID, prefix: "\(DAGRunType.backfill.rawValue)__")
        }
        let existing = ExistingRuns(
            byDate: Dictionary(
                rows.map { row in
                    (row.logicalDate, .init(number: row.number, runID: row.runID, state: row.state))
                }, uniquingKeysWith: { first, _ in first }),
            runIDs: Set(runIDs))
        do throws(BackfillRefusal) {
            return try BackfillPlan(request, existing: existing, now: WallClock.now())
        } catch {
            throw .invalidRequest(error.sentence)
        }
    }

    /// Reads a finished run back into the scheduler, with all its task instances.
    fileprivate func bringBack(_ number: RunNumber, _ library: DefinitionLibrary) throws(ControlPlaneError) {
        let stored = try reading { () throws(StateStoreError) in try store.loadRun(number) }
        guard let stored else { return }
        let dag: DAG
        do { dag = try library.dag(stored.run.dagID, stored.run.version) } catch {
            throw .unavailable("the definition of run `\(stored.run.runID)` cannot be read back: \(error)")
        }
        let outputs = try reading { () throws(StateStoreError) in
            try store.watchedOutputs(of: number, in: dag)
        }
        handle(.runRestored(stored.run, dag, stored.instances, outputs: outputs))
    }
}

extension BackfillRefusal {
    /// What is wrong, as one sentence for a person.
    fileprivate var sentence: String {
        switch self {
        case .runTypeNotAllowed(let dagID): "DAG `\(dagID)` allows no backfill (allowed_run_types)"
        case .noSchedule(let dagID):
            "DAG `\(dagID)` has no schedule of ticks, so there are no dates to fill; trigger it with "
                + "--logical-date instead"
        case .datesReversed: "the first date is after the last one"
        case .datesInTheFuture: "these dates have not come yet; the schedule will run them"
        case .noDates: "the schedule has no date between these two that is over"
        case .tooManyRuns(let count):
            "that would be \(count) runs; one backfill can have \(BackfillPlan.maximumRuns): make several"
        case .collapsesExistingRuns:
            "a collapsed backfill makes one new run, so it cannot run finished ones again"
        }
    }
}
