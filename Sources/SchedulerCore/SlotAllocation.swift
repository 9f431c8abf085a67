import DAGDomain

/// A task instance that waits for slots; smaller means earlier in line.
package struct LineEntry: Hashable, Comparable, Sendable {
    package let key: TaskInstanceKey
    package let priority: Int32
    /// The run's logical date, else the instant after which it may run.
    package let date: Timestamp
    package let pool: PoolName
    package let slots: Int

    package init(key: TaskInstanceKey, priority: Int32, date: Timestamp, pool: PoolName, slots: Int) {
        self.key = key
        self.priority = priority
        self.date = date
        self.pool = pool
        self.slots = slots
    }

    package static func < (left: LineEntry, right: LineEntry) -> Bool {
        if left.priority != right.priority { return left.priority > right.priority }
        if left.date != right.date { return left.date < right.date }
        return left.key < right.key
    }
}

/// Who may start next: pools with their slots, the tasks that one run may have active, and the parallelism
/// of the installation.
///
/// Filter first, then limit: an entry whose run is at its limit is set aside, one that is larger than its
/// pool is set aside until the pool grows, and neither holds up anybody. An entry that would fit into its
/// pool but not right now keeps the pool to itself until enough slots are free, so that small tasks cannot
/// starve a large one.
///
/// Invariant: of the entries of one run in one pool, the best ones that the run's limit would still allow
/// are in the pool's line; only worse ones are parked. Entries that were withdrawn stay in the heaps and are
/// dropped when they come up.
package struct SlotAllocation: Sendable {
    struct Line: Sendable {
        let name: PoolName
        var pool: Pool?
        var used = 0
        var ready = PriorityQueue<LineEntry>()
        var tooLarge: [LineEntry] = []
    }

    struct RunLimit: Sendable {
        let limit: Int
        var active = 0
        var parked: [PoolName: PriorityQueue<LineEntry>] = [:]

        var isReached: Bool { active >= limit }
    }

    let parallelism: Int
    /// Never shrinks: a pool that is gone may still be named by tasks.
    var lines: [Line] = []
    private var lineIndices: [PoolName: Int] = [:]
    var runs: [RunNumber: RunLimit] = [:]
    private(set) var waiting: Set<TaskInstanceKey> = []
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
        for entry in candidates where waiting.contains(entry.key) { lines[index].ready.insert(entry) }
    }

    package mutating func removePool(_ name: PoolName) {
        lines[lineIndex(of: name)].pool = nil
    }

    package mutating func addRun(_ number: RunNumber, limit: Int) {
        runs[number] = RunLimit(limit: limit)
    }

    /// - Precondition: the run holds no slots; what still waits was withdrawn.
    package mutating func removeRun(_ number: RunNumber) {
        precondition(runs[number]?.active ?? 0 == 0, "run \(number.value) ended with active tasks")
        runs[number] = nil
    }

    // MARK: Waiting and taking

    package mutating func enqueue(_ entry: LineEntry) {
        waiting.insert(entry.key)
        let index = lineIndex(of: entry.pool)
        if runs[entry.key.run]?.isReached == true {
            runs[entry.key.run]?.parked[entry.pool, default: PriorityQueue()].insert(entry)
        } else {
            lines[index].ready.insert(entry)
        }
    }

    /// The instance no longer waits, and did not get slots.
    package mutating func withdraw(_ key: TaskInstanceKey) {
        waiting.remove(key)
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
        waiting.remove(entry.key)
        occupy(run: entry.key.run, pool: entry.pool, slots: entry.slots)
        return entry
    }

    /// The first entry of a line that is allowed to take slots, or nil when there is none or when it must
    /// wait.
    private mutating func startableHead(ofLine index: Int) -> LineEntry? {
        guard let size = lines[index].pool?.slots else { return nil }
        while let head = lines[index].ready.first {
            guard let isAtLimit = runs[head.key.run]?.isReached, waiting.contains(head.key) else {
                dropHead(ofLine: index, run: head.key.run)
                continue
            }
            if head.slots > size {
                lines[index].tooLarge.append(head)
                dropHead(ofLine: index, run: head.key.run)
            } else if isAtLimit {
                _ = lines[index].ready.removeFirst()
                runs[head.key.run]?.parked[head.pool, default: PriorityQueue()].insert(head)
            } else {
                return lines[index].used + head.slots <= size ? head : nil
            }
        }
        return nil
    }

    private mutating func dropHead(ofLine index: Int, run: RunNumber) {
        _ = lines[index].ready.removeFirst()
        unpark(run: run, line: index)
    }

    /// Lets the best parked entry of a run back into a line.
    private mutating func unpark(run: RunNumber, line index: Int) {
        let name = lines[index].name
        while let entry = runs[run]?.parked[name]?.removeFirst() {
            guard waiting.contains(entry.key) else { continue }
            lines[index].ready.insert(entry)
            return
        }
    }

    /// Counts slots that are held, also for attempts that were live before a restart.
    package mutating func occupy(run: RunNumber, pool: PoolName, slots: Int) {
        active += 1
        runs[run]?.active += 1
        let index = lineIndex(of: pool)
        lines[index].used += slots
    }

    package mutating func release(run: RunNumber, pool: PoolName, slots: Int) {
        let index = lineIndex(of: pool)
        active -= 1
        lines[index].used -= slots
        precondition(active >= 0 && lines[index].used >= 0, "more slots released than taken")
        runs[run]?.active -= 1
        // The names are copied first: changing a heap that is also held elsewhere would copy it.
        guard let names = runs[run]?.parked.keys.sorted() else { return }
        for name in names { unpark(run: run, line: lineIndex(of: name)) }
    }
}
