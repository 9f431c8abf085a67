import DAGDomain

/// The runs of one DAG that are in memory: which names are taken, how many run, and which wait for their
/// turn.
struct DAGRunQueue: Sendable {
    private(set) var runIDs: Set<RunID> = []
    private(set) var logicalDates: Set<Timestamp> = []
    /// Runs that count against `max_active_runs`.
    private(set) var runningCount = 0
    /// Scheduled runs that are queued or running.
    private(set) var unfinishedScheduled = 0
    private var queued = PriorityQueue<RunNumber>()
    private var queuedBackfill = PriorityQueue<RunNumber>()
    private(set) var waiting: Set<RunNumber> = []

    var isEmpty: Bool { runIDs.isEmpty }

    /// Takes the run's names; `release` gives them back.
    mutating func reserveNames(of run: DAGRun) {
        runIDs.insert(run.runID)
        if let date = run.logicalDate { logicalDates.insert(date) }
    }

    mutating func releaseNames(of run: DAGRun) {
        runIDs.remove(run.runID)
        if let date = run.logicalDate { logicalDates.remove(date) }
    }

    /// An unfinished run comes in.
    mutating func add(_ run: DAGRun) {
        if run.type == .scheduled { unfinishedScheduled += 1 }
        if run.state == .queued {
            if Self.counts(run) { queued.insert(run.number) } else { queuedBackfill.insert(run.number) }
            waiting.insert(run.number)
        } else if Self.counts(run) {
            runningCount += 1
        }
    }

    mutating func started(_ run: DAGRun) {
        waiting.remove(run.number)
        if Self.counts(run) { runningCount += 1 }
    }

    mutating func ended(_ run: DAGRun, wasRunning: Bool) {
        waiting.remove(run.number)
        if run.type == .scheduled { unfinishedScheduled -= 1 }
        if wasRunning, Self.counts(run) { runningCount -= 1 }
    }

    /// The queued run that may start next under the DAG's limit: the oldest one.
    mutating func nextToStart(limit: Int) -> RunNumber? {
        if runningCount < limit, let number = Self.first(of: &queued, in: waiting) { return number }
        return Self.first(of: &queuedBackfill, in: waiting)
    }

    private static func first(of queue: inout PriorityQueue<RunNumber>, in waiting: Set<RunNumber>)
        -> RunNumber?
    {
        while let number = queue.first {
            if waiting.contains(number) { return number }
            _ = queue.removeFirst()
        }
        return nil
    }

    /// Backfill runs have a limit of their own.
    private static func counts(_ run: DAGRun) -> Bool { run.type != .backfill }
}
