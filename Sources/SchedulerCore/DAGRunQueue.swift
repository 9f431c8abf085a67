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
    /// Runs that are queued or running and count against `max_active_runs`.
    private(set) var unfinishedCounted = 0
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
        if Self.counts(run) { unfinishedCounted += 1 }
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
        if Self.counts(run) { unfinishedCounted -= 1 }
        if wasRunning, Self.counts(run) { runningCount -= 1 }
    }

    /// The queued run that may start next under the DAG's limit: the oldest one that is not blocked.
    mutating func nextToStart(limit: Int, isBlocked: (RunNumber) -> Bool) -> RunNumber? {
        if runningCount < limit,
            let number = queued.first(in: waiting, number: \.self, isBlocked: isBlocked)
        {
            return number
        }
        return queuedBackfill.first(in: waiting, number: \.self, isBlocked: isBlocked)
    }

    /// Backfill runs have a limit of their own; a run that puts a version of a model back waits for nobody.
    private static func counts(_ run: DAGRun) -> Bool { run.type != .backfill && run.redeploys == nil }
}

extension PriorityQueue {
    /// The first of those who wait that is not blocked; forgets those who do not wait any more.
    mutating func first(
        in waiting: Set<RunNumber>, number: (Element) -> RunNumber, isBlocked: (RunNumber) -> Bool
    ) -> RunNumber? {
        var blocked: [Element] = []
        defer { for element in blocked { insert(element) } }
        while let element = first {
            let number = number(element)
            if waiting.contains(number) {
                guard isBlocked(number) else { return number }
                blocked.append(element)
            }
            _ = removeFirst()
        }
        return nil
    }
}
