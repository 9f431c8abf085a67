import DAGDomain

/// The watch over the scheduler itself: everything is counted again from the rows, without the indices, and whatever
/// could go on and does not is named and repaired.
extension SchedulerStateMachine {
    /// What should be going on and is not, in a fixed order; empty after every `dispatch` at the same instant unless
    /// the machine has a fault. Looks at every row of the unfinished runs.
    package func anomalies(at now: Timestamp) -> [Anomaly] {
        var found: [Anomaly] = []
        var count = SlotRecount()
        var ready: [(run: Dictionary<RunNumber, ActiveRun>.Index, row: Int)] = []
        for index in runs.indices where runs.values[index].run.state == .running {
            let active = runs.values[index]
            var isOpen = active.mapped.contains { !$0.value.isComplete }
            for row in active.instances.indices where active.isThere(row) {
                // Whole rows are not copied: most need no second look, and there may be very many.
                let state = active.instances[row].state
                isOpen = isOpen || !state.isFinished
                switch state {
                case .scheduled: ready.append((index, row))
                case .queued, .running: count.add(active, row)
                case .pending, .deferred, .upForRetry, .success, .failed, .skipped, .upstreamFailed, .removed,
                    .cancelled:
                    break
                }
                if let kind = trouble(of: active, row, state, at: now) {
                    found.append(active.anomaly(kind, row))
                }
            }
            if !isOpen { found.append(active.anomaly(.runNotEnded)) }
        }
        for place in startable(ready, count) {
            found.append(runs.values[place.run].anomaly(.notStarted, place.row))
        }
        found += forgottenRuns()
        return awakened(found, at: now).sorted {
            ($0.run, $0.instance?.task ?? -1) < ($1.run, $1.instance?.task ?? -1)
        }
    }

    /// The attempts that are under way, for somebody who can tell whether they are.
    package var attemptsUnderWay: [Attempt] {
        runs.values.flatMap(\.liveAttempts.values)
    }

    package var hasUnfinishedRuns: Bool { !runs.isEmpty }

    /// The finding that nobody carries an attempt out; nil when the attempt has ended.
    package func abandoned(_ attempt: AttemptID) -> Anomaly? {
        guard let key = liveAttempts[attempt], let active = runs[key.run], let row = active.row(of: key)
        else {
            return nil
        }
        return active.anomaly(.abandoned, row)
    }

    private func trouble(
        of active: ActiveRun, _ row: Int, _ state: TaskInstanceState, at now: Timestamp
    ) -> Anomaly.Kind? {
        switch state {
        case .pending: return active.isOverlooked(row) ? .notEvaluated : nil
        case .upForRetry, .deferred:
            let isDue = [active.instances[row].notBefore, active.waitDeadline(row)].contains {
                $0.map { $0 <= now } ?? false
            }
            return isDue ? .overdue : nil
        case .queued, .running:
            guard let attempt = active.liveAttempts[row] else { return .withoutAttempt }
            guard let instant = active.instances[row].notBefore, instant <= now,
                !unresolved.contains(attempt.id)
            else {
                return nil
            }
            return .overdue
        case .scheduled, .success, .failed, .skipped, .upstreamFailed, .removed, .cancelled: return nil
        }
    }

    /// Without those whose timer is still to go off: an instant that had passed when somebody began to wait for it is
    /// taken up in the next step.
    private func awakened(_ found: [Anomaly], at now: Timestamp) -> [Anomaly] {
        guard found.contains(where: { $0.kind == .overdue }) else { return found }
        var armed: Set<TaskInstanceKey> = []
        for entry in wakes.elements where entry.at <= now && isValid(entry) {
            if case .instance(let key) = entry.reason { armed.insert(key) }
        }
        return found.filter { anomaly in
            anomaly.kind != .overdue || !(anomaly.instance.map { armed.contains($0) } ?? false)
        }
    }

    // MARK: Slots

    /// Of those that wait, the first of each pool's line, if its pool, its run, its task and the installation have
    /// room for it.
    private func startable(
        _ ready: [(run: Dictionary<RunNumber, ActiveRun>.Index, row: Int)], _ count: SlotRecount
    ) -> [(run: Dictionary<RunNumber, ActiveRun>.Index, row: Int)] {
        guard count.active < configuration.parallelism else { return [] }
        var first: [PoolName: (place: Int, entry: LineEntry)] = [:]
        for (place, candidate) in ready.enumerated() {
            let active = runs.values[candidate.run]
            let entry = active.lineEntry(candidate.row, configuration.aging)
            guard let pool = pools[entry.pool], entry.slots <= pool.capacity,
                !count.isFull(for: entry, active, slots)
            else { continue }
            if let other = first[entry.pool], other.entry < entry { continue }
            first[entry.pool] = (place, entry)
        }
        return first.values.filter { _, entry in
            pools[entry.pool].map { count.used[entry.pool, default: 0] + entry.slots <= $0.capacity } ?? false
        }.map { ready[$0.place] }
    }

    // MARK: Runs

    /// Queued runs that their DAG or their backfill would let start.
    private func forgottenRuns() -> [Anomaly] {
        var numbers: Set<RunNumber> = []
        for (id, queue) in queues where !queue.waiting.isEmpty {
            var queue = queue
            if let number = queue.nextToStart(limit: maximumActiveRuns(of: id), isBlocked: { isBlocked($0) })
            {
                numbers.insert(number)
            }
        }
        for queue in backfills.values where !queue.waiting.isEmpty {
            var queue = queue
            if let number = queue.nextToStart(isBlocked: { isBlocked($0) }) { numbers.insert(number) }
        }
        return numbers.compactMap { runs[$0]?.anomaly(.runNotStarted) }
    }

    // MARK: Repairing

    /// Puts the books right for what was found; the next `dispatch` then does what was not done. An `abandoned`
    /// attempt is for those outside to take up again.
    package mutating func repair(_ anomalies: [Anomaly], at now: Timestamp) -> SchedulerDecision {
        var step = SchedulerStep(now: now)
        for anomaly in anomalies where anomaly.kind == .withoutAttempt { adoptAttempt(of: anomaly, now) }
        if anomalies.contains(where: { $0.kind == .notStarted || $0.kind == .withoutAttempt }) {
            countSlotsAgain()
        }
        for anomaly in anomalies {
            switch anomaly.kind {
            case .overdue: wakeAgain(anomaly)
            case .notEvaluated, .runNotEnded:
                change(anomaly.run, &step) { run, _ in run.evaluateAgain() }
            case .runNotStarted:
                promotable.insert(anomaly.dagID)
                if let id = runs[anomaly.run]?.run.backfill { promotableBackfills.insert(id) }
            case .notStarted, .withoutAttempt, .abandoned: break
            }
        }
        return step.decision
    }

    private mutating func wakeAgain(_ anomaly: Anomaly) {
        guard let key = anomaly.instance, let active = runs[key.run], let row = active.row(of: key) else {
            return
        }
        for instant in [active.instances[row].notBefore, active.waitDeadline(row)] {
            if let instant { wakes.insert(WakeEntry(at: instant, reason: .instance(key))) }
        }
    }

    /// The row names its attempt; whether anything of it runs is for those outside to find out.
    private mutating func adoptAttempt(of anomaly: Anomaly, _ now: Timestamp) {
        guard let key = anomaly.instance, let row = runs[key.run]?.row(of: key),
            let instance = runs[key.run]?.instances[row], let id = instance.attempt
        else { return }
        let isRunning = instance.state == .running
        runs[key.run]?.liveAttempts[row] = Attempt(
            id: id, instance: key, tryNumber: instance.tryNumber, createdAt: instance.queuedAt ?? now,
            state: isRunning ? .running : .starting, startDate: isRunning ? instance.startDate : nil)
        liveAttempts[id] = key
    }

    /// Forgets who waits and who holds slots, and takes both from the rows.
    private mutating func countSlotsAgain() {
        slots = SlotAllocation(parallelism: configuration.parallelism)
        for pool in pools.values { slots.setPool(pool) }
        for number in runs.keys.sorted() {
            guard let active = runs[number] else { continue }
            setLimits(of: active)
            for row in active.instances.indices where active.isThere(row) {
                if active.instances[row].state.isActive {
                    slots.occupy(active.lineEntry(row, configuration.aging))
                }
            }
        }
        for number in runs.keys.sorted() {
            guard let active = runs[number] else { continue }
            for row in active.instances.indices where active.isThere(row) {
                if active.instances[row].state == .scheduled {
                    slots.enqueue(active.lineEntry(row, configuration.aging))
                }
            }
        }
    }
}

/// Who holds slots, counted from the rows.
private struct SlotRecount {
    var active = 0
    var used: [PoolName: Int] = [:]
    private var underLimit: [LimitKey: Int] = [:]

    mutating func add(_ run: ActiveRun, _ row: Int) {
        let definition = run.definition(row)
        active += 1
        used[definition.pool, default: 0] += definition.poolSlots
        underLimit[.run(run.number), default: 0] += 1
        for limit in run.limits(row) { underLimit[limit, default: 0] += 1 }
    }

    /// Whether a limit besides the pool keeps an entry from starting.
    func isFull(for entry: LineEntry, _ run: ActiveRun, _ slots: SlotAllocation) -> Bool {
        if underLimit[.run(run.number), default: 0] >= run.plan.dag.settings.maximumActiveTasks {
            return true
        }
        return entry.limits.contains { key in
            slots.limits[key].map { underLimit[key, default: 0] >= $0.limit } ?? false
        }
    }
}

extension ActiveRun {
    /// Whether a waiting instance has a decided rule and nothing else to wait for.
    fileprivate func isOverlooked(_ row: Int) -> Bool {
        let place = task(row)
        if upstream[place].done == 0, upstreamTotals[place] > 0, paired[row] == nil,
            plan.setups[place] == nil,
            rule(of: plan.dag.tasks[place]) != .always
        {
            return false
        }
        let definition = definition(row)
        if isEnding, !definition.flow.isTeardown { return false }
        if !definition.flow.isTeardown, run.redeploys == nil, let obstacle = setupObstacle(of: task(row)) {
            return obstacle.reason != nil
        }
        switch verdict(row, definition) {
        case .wait: return false
        case .settle: return true
        case .run: return pastAllows(task(row), definition.flow)
        }
    }

    fileprivate mutating func evaluateAgain() {
        toEvaluate += rows.filter { instances[$0].state == .pending }
    }
}
