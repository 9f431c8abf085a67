import DAGDomain

/// A task instance that waits for slots; smaller means earlier in line.
package struct LineEntry: Hashable, Comparable, Sendable {
    package let key: TaskInstanceKey
    /// Priority weight and age in one number (`Aging`); higher means earlier.
    package let rank: Int64
    /// The run's logical date, else the instant after which it may run.
    package let date: Timestamp
    package let pool: PoolName
    package let slots: Int
    /// Limits besides the pool, the run and the installation; empty for most tasks.
    package let limits: [LimitKey]

    package init(
        key: TaskInstanceKey, rank: Int64, date: Timestamp, pool: PoolName, slots: Int,
        limits: [LimitKey] = []
    ) {
        self.key = key
        self.rank = rank
        self.date = date
        self.pool = pool
        self.slots = slots
        self.limits = limits
    }

    package static func < (left: LineEntry, right: LineEntry) -> Bool {
        if left.rank != right.rank { return left.rank > right.rank }
        if left.date != right.date { return left.date < right.date }
        return left.key < right.key
    }
}

/// What can limit how many instances are active at once, besides pools and the installation.
package enum LimitKey: Hashable, Sendable {
    /// `max_active_tasks`.
    case run(RunNumber)
    /// `max_active_tis_per_dagrun`, `max_parallel`.
    case taskOfRun(RunNumber, Int)
    /// `max_active_tis_per_dag`.
    case taskOfDAG(DAGID, TaskID)
}

/// Who may start next: pools with their slots, the tasks that one run may have active, and the parallelism
/// of the installation.
///
/// Filter first, then limit: an entry whose run or task is at its limit is set aside, one that is larger than its
/// pool is set aside until the pool grows, and neither holds up anybody. An entry that would fit into its
/// pool but not right now keeps the pool to itself until enough slots are free, so that small tasks cannot
/// starve a large one.
///
/// Invariant: of the entries under one limit in one pool, the best ones that the limit would still allow
/// are in the pool's line, or parked under another of their limits; only worse ones are parked under it. Entries that were withdrawn stay in the heaps and are
/// dropped when they come up.
package struct SlotAllocation: Sendable {
    struct Line: Sendable {
        let name: PoolName
        var pool: Pool?
        var used = 0
        var ready = PriorityQueue<LineEntry>()
        var tooLarge: [LineEntry] = []
    }

    struct Limit: Sendable {
        var limit: Int
        var active = 0
        var parked: [PoolName: PriorityQueue<LineEntry>] = [:]

        var isReached: Bool { active >= limit }
    }

    let parallelism: Int
    /// Never shrinks: a pool that is gone may still be named by tasks.
    var lines: [Line] = []
    private var lineIndices: [PoolName: Int] = [:]
    var limits: [LimitKey: Limit] = [:]
    /// Who waits, and with which rank: an entry of a heap with another rank is from an earlier wait.
    private(set) var waiting: [TaskInstanceKey: Int64] = [:]
    private(set) var active = 0

    package init(parallelism: Int) {
        self.parallelism = parallelism
    }

    mutating func lineIndex(of name: PoolName) -> Int {
        if let index = lineIndices[name] { return index }
        lines.append(Line(name: name))
        lineIndices[name] = lines.count - 1
        return lines.count - 1
    }

    func line(of name: PoolName) -> Line? {
        lineIndices[name].map { lines[$0] }
    }

    // MARK: Limits

    package mutating func setPool(_ pool: Pool) {
        let index = lineIndex(of: pool.name)
        lines[index].pool = pool
        let candidates = lines[index].tooLarge
        lines[index].tooLarge = []
        for entry in candidates where isWaiting(entry) { lines[index].ready.insert(entry) }
    }

    package mutating func removePool(_ name: PoolName) {
        lines[lineIndex(of: name)].pool = nil
    }

    package mutating func setLimit(_ limit: Int, of key: LimitKey) {
        limits[key, default: Limit(limit: limit)].limit = limit
    }

    /// - Precondition: the run holds no slots; what still waits was withdrawn.
    package mutating func removeRun(_ number: RunNumber, tasks: [Int] = []) {
        precondition(limits[.run(number)]?.active ?? 0 == 0, "run \(number.value) ended with active tasks")
        limits[.run(number)] = nil
        for task in tasks { limits[.taskOfRun(number, task)] = nil }
    }

    // MARK: Waiting and taking

    package mutating func enqueue(_ entry: LineEntry) {
        waiting[entry.key] = entry.rank
        let index = lineIndex(of: entry.pool)
        if let limit = reachedLimit(of: entry) {
            limits[limit]?.parked[entry.pool, default: PriorityQueue()].insert(entry)
        } else {
            lines[index].ready.insert(entry)
        }
    }

    /// The instance no longer waits, and did not get slots.
    package mutating func withdraw(_ key: TaskInstanceKey) {
        waiting[key] = nil
    }

    /// Takes the best entry that fits all limits out of its line and gives it its slots; nil when there is
    /// none.
    package mutating func takeNext() -> LineEntry? {
        guard active < parallelism else { return nil }
        var best: (index: Int, entry: LineEntry)?
        for index in lines.indices where !lines[index].ready.isEmpty {
            guard let entry = startableHead(ofLine: index) else { continue }
            if let current = best, current.entry < entry { continue }
            best = (index, entry)
        }
        guard let best, let entry = lines[best.index].ready.removeFirst() else { return nil }
        waiting[entry.key] = nil
        occupy(entry)
        return entry
    }

    func isWaiting(_ entry: LineEntry) -> Bool { waiting[entry.key] == entry.rank }

    /// Whether `takeNext` could find something; it may still find nothing.
    package var canStart: Bool { active < parallelism && !waiting.isEmpty }

    /// The limit that keeps an entry from starting, the run's first.
    private func reachedLimit(of entry: LineEntry) -> LimitKey? {
        if limits[.run(entry.key.run)]?.isReached == true { return .run(entry.key.run) }
        return entry.limits.first { limits[$0]?.isReached == true }
    }

    /// The first entry of a line that is allowed to take slots, or nil when there is none or when it must
    /// wait.
    private mutating func startableHead(ofLine index: Int) -> LineEntry? {
        guard let size = lines[index].pool?.capacity else { return nil }
        while let head = lines[index].ready.first {
            guard limits[.run(head.key.run)] != nil, isWaiting(head) else {
                dropHead(ofLine: index, head)
                continue
            }
            if head.slots > size {
                lines[index].tooLarge.append(head)
                dropHead(ofLine: index, head)
            } else if let limit = reachedLimit(of: head) {
                _ = lines[index].ready.removeFirst()
                limits[limit]?.parked[head.pool, default: PriorityQueue()].insert(head)
                unparkOthers(of: head, than: limit, line: index)
            } else {
                return lines[index].used + head.slots <= size ? head : nil
            }
        }
        return nil
    }

    private mutating func dropHead(ofLine index: Int, _ head: LineEntry) {
        _ = lines[index].ready.removeFirst()
        unpark(.run(head.key.run), line: index)
        for limit in head.limits { unpark(limit, line: index) }
    }

    /// An entry waits under one limit, so it takes no room under its others: the next one there may come forward.
    private mutating func unparkOthers(of entry: LineEntry, than reached: LimitKey, line index: Int) {
        guard !entry.limits.isEmpty else { return }
        for limit in [.run(entry.key.run)] + entry.limits
        where limit != reached && limits[limit]?.isReached == false {
            unpark(limit, line: index)
        }
    }

    /// Lets the best parked entry under a limit back into a line.
    private mutating func unpark(_ limit: LimitKey, line index: Int) {
        let name = lines[index].name
        while let entry = limits[limit]?.parked[name]?.removeFirst() {
            guard isWaiting(entry) else { continue }
            lines[index].ready.insert(entry)
            return
        }
    }

    /// Counts slots that are held, also for attempts that were live before a restart.
    package mutating func occupy(_ entry: LineEntry) {
        active += 1
        limits[.run(entry.key.run)]?.active += 1
        for limit in entry.limits { limits[limit]?.active += 1 }
        let index = lineIndex(of: entry.pool)
        lines[index].used += entry.slots
    }

    package mutating func release(_ entry: LineEntry) {
        let index = lineIndex(of: entry.pool)
        active -= 1
        lines[index].used -= entry.slots
        precondition(active >= 0 && lines[index].used >= 0, "more slots released than taken")
        release(.run(entry.key.run))
        for limit in entry.limits { release(limit) }
    }

    private mutating func release(_ limit: LimitKey) {
        limits[limit]?.active -= 1
        // The names are copied first: changing a heap that is also held elsewhere would copy it.
        guard let names = limits[limit]?.parked.keys.sorted() else { return }
        for name in names { unpark(limit, line: lineIndex(of: name)) }
    }
}
