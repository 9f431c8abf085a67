import DAGDomain

/// A backfill in memory with its unfinished runs: which wait, in which order, and how many run.
struct BackfillQueue: Sendable {
    var backfill: Backfill
    private var queued = PriorityQueue<Entry>()
    private(set) var waiting: Set<RunNumber> = []
    private(set) var running: Set<RunNumber> = []

    /// A queued run by its place: by date, in the backfill's direction.
    private struct Entry: Comparable {
        let place: Int64
        let number: RunNumber

        static func < (left: Entry, right: Entry) -> Bool {
            (left.place, left.number) < (right.place, right.number)
        }
    }

    init(_ backfill: Backfill) {
        self.backfill = backfill
    }

    var isEmpty: Bool { waiting.isEmpty && running.isEmpty }

    mutating func add(_ run: DAGRun) {
        guard run.state == .queued else {
            running.insert(run.number)
            return
        }
        let date = (run.logicalDate ?? run.runAfter).microsecondsSinceEpoch
        queued.insert(Entry(place: backfill.isReversed ? -date : date, number: run.number))
        waiting.insert(run.number)
    }

    mutating func started(_ run: DAGRun) {
        waiting.remove(run.number)
        running.insert(run.number)
    }

    mutating func ended(_ run: DAGRun) {
        waiting.remove(run.number)
        running.remove(run.number)
    }

    mutating func nextToStart(isBlocked: (RunNumber) -> Bool) -> RunNumber? {
        guard !backfill.isPaused, running.count < backfill.maximumActiveRuns else { return nil }
        return queued.first(in: waiting, number: \.number, isBlocked: isBlocked)
    }
}
