import DAGDomain
import JSONText

/// A backfill as it is asked for, before anybody looked which of its dates have run.
package struct BackfillRequest: Hashable, Sendable {
    package var dag: DAG
    package var fromDate: Timestamp
    package var toDate: Timestamp
    package var maximumActiveRuns: Int
    package var isReversed: Bool
    package var isCollapsed: Bool
    package var reprocess: ReprocessBehavior
    /// Resolved: every declared one has a value.
    package var parameters: JSONObject
    /// Whether what has been done already is taken from the cache, also by runs that run again.
    package var usesCache = true

    package init(
        dag: DAG, fromDate: Timestamp, toDate: Timestamp, maximumActiveRuns: Int = 10,
        isReversed: Bool = false, isCollapsed: Bool = false, reprocess: ReprocessBehavior = .none,
        parameters: JSONObject = JSONObject()
    ) {
        self.dag = dag
        self.fromDate = fromDate
        self.toDate = toDate
        self.maximumActiveRuns = maximumActiveRuns
        self.isReversed = isReversed
        self.isCollapsed = isCollapsed
        self.reprocess = reprocess
        self.parameters = parameters
    }
}

/// The runs that a DAG has already, as far as a backfill cares.
package struct ExistingRuns: Hashable, Sendable {
    package struct Run: Hashable, Sendable {
        package let number: RunNumber
        package let runID: RunID
        package let state: DAGRunState

        package init(number: RunNumber, runID: RunID, state: DAGRunState) {
            self.number = number
            self.runID = runID
            self.state = state
        }
    }

    /// Between the two dates of the backfill.
    package var byDate: [Timestamp: Run]
    /// All run ids that begin as a backfill's do.
    package var runIDs: Set<RunID>

    package init(byDate: [Timestamp: Run] = [:], runIDs: Set<RunID> = []) {
        self.byDate = byDate
        self.runIDs = runIDs
    }
}

/// What a backfill would do: decided once, for the preview and for the deed.
package struct BackfillPlan: Hashable, Sendable {
    /// The most runs that one backfill may make or run again.
    package static let maximumRuns = 10_000

    /// One run to make, or to run again.
    package struct Entry: Hashable, Sendable {
        package let run: DueRun
        package let runID: RunID
        /// The finished run that runs again; nil for a new one.
        package let existing: RunNumber?
    }

    /// In the order in which they will start.
    package let entries: [Entry]
    /// Dates that are left alone because they have a run.
    package let takenCount: Int

    /// - Parameter now: runs that are not due yet are left to the schedule.
    package init(_ request: BackfillRequest, existing: ExistingRuns, now: Timestamp) throws(BackfillRefusal) {
        let timetable = Timetable(request.dag)
        let dates = try Self.dates(of: request, timetable, now: now)
        var entries: [Entry] = []
        var taken = 0
        for run in dates {
            let runID = Self.runID(of: run)
            if let known = existing.byDate[run.logicalDate] {
                if !request.isCollapsed, request.reprocess.includes(known.state) {
                    entries.append(Entry(run: run, runID: known.runID, existing: known.number))
                } else {
                    taken += 1
                }
            } else if existing.runIDs.contains(runID) {
                taken += 1
            } else {
                entries.append(Entry(run: run, runID: runID, existing: nil))
            }
        }
        if request.isCollapsed, let first = entries.first, let last = entries.last {
            let whole = timetable.run(from: first.run.logicalDate, through: last.run.logicalDate)
            entries = whole.map { [Entry(run: $0, runID: Self.runID(of: $0), existing: nil)] } ?? []
        }
        self.entries = request.isReversed ? entries.reversed() : entries
        takenCount = taken
    }

    private static func dates(
        of request: BackfillRequest, _ timetable: Timetable, now: Timestamp
    ) throws(BackfillRefusal) -> [DueRun] {
        if let allowed = request.dag.settings.allowedRunTypes, !allowed.contains(.backfill) {
            throw .runTypeNotAllowed(request.dag.id)
        }
        guard timetable.schedule.hasTicks else { throw .noSchedule(request.dag.id) }
        guard request.fromDate <= request.toDate else { throw .datesReversed }
        guard request.fromDate <= now else { throw .datesInTheFuture }
        guard !request.isCollapsed || request.reprocess == .none else { throw .collapsesExistingRuns }
        // Counted, not walked: a second's schedule over ages is refused at once.
        let count = timetable.count(after: request.fromDate - .microseconds(1), through: request.toDate)
        guard count <= maximumRuns else { throw .tooManyRuns(count) }
        let dates = timetable.ticks(from: request.fromDate, through: request.toDate, limit: maximumRuns)
        let due = dates.compactMap { timetable.run(at: $0) }.filter { $0.dataIntervalEnd <= now }
        guard !due.isEmpty else { throw .noDates }
        return due
    }

    private static func runID(of run: DueRun) -> RunID {
        RunID("\(DAGRunType.backfill.rawValue)__\(run.logicalDate.runIDText)")
    }
}

/// Why a backfill cannot be.
package enum BackfillRefusal: Error, Hashable, Sendable {
    case runTypeNotAllowed(DAGID)
    case noSchedule(DAGID)
    case datesReversed
    case datesInTheFuture
    case noDates
    case tooManyRuns(Int)
    case collapsesExistingRuns
}
