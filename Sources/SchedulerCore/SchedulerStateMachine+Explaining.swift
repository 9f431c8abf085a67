import DAGDomain

extension SchedulerStateMachine {
    /// Explains an instance of an unfinished run; nil when the run is not in memory (then its rows explain
    /// it).
    package func explain(_ key: TaskInstanceKey) -> Explanation? {
        guard let active = runs[key.run], let row = active.row(of: key) else { return nil }
        let instance = active.instances[row]
        let plain = Explanation(dag: active.plan.dag, instance: instance) { task in
            active.rows(ofTask: task).map { active.instances[$0] }
        }
        let cause: Explanation.Cause
        if active.run.state == .queued, instance.state == .pending {
            cause = queuedRun(active.run)
        } else if instance.state == .scheduled {
            cause = slots.obstacle(for: active.lineEntry(row, configuration.aging))
        } else if instance.state == .pending, let reason = active.pastObstacle(row) {
            cause = .waitsForPast(reason)
        } else {
            cause = plain.cause
        }
        return Explanation(task: plain.task, state: plain.state, cause: cause)
    }

    private func queuedRun(_ run: DAGRun) -> Explanation.Cause {
        if let id = run.backfill, let queue = backfills[id] {
            if queue.backfill.isPaused { return .backfillIsPaused(id) }
            let ahead = queue.waiting.count { queue.backfill.isReversed ? $0 > run.number : $0 < run.number }
            return .runIsQueued(
                running: queue.running.count, limit: queue.backfill.maximumActiveRuns, ahead: ahead)
        }
        if let cause = groupObstacle(of: run) { return cause }
        let queue = queues[run.dagID]
        return .runIsQueued(
            running: queue?.runningCount ?? 0, limit: maximumActiveRuns(of: run.dagID),
            ahead: queue?.waiting.count { $0 < run.number } ?? 0)
    }
}

extension SlotAllocation {
    /// What keeps a waiting entry from its slots, the narrowest limit first.
    func obstacle(for entry: LineEntry) -> Explanation.Cause {
        guard let line = line(of: entry.pool), let size = line.pool?.capacity else {
            return .poolIsUnknown(entry.pool)
        }
        if entry.slots > size { return .poolIsTooSmall(entry.pool, slots: size, needs: entry.slots) }
        if let run = limits[.run(entry.key.run)], run.isReached {
            return .runIsFull(active: run.active, limit: run.limit)
        }
        for key in entry.limits {
            guard let limit = limits[key], limit.isReached else { continue }
            var isAcrossRuns = false
            if case .taskOfDAG = key { isAcrossRuns = true }
            return .taskIsFull(active: limit.active, limit: limit.limit, acrossRuns: isAcrossRuns)
        }
        let place = place(of: entry, in: [line])
        if line.used + entry.slots > size || place.number > 1, active < parallelism {
            return .poolIsFull(
                entry.pool, used: line.used, slots: size, needs: entry.slots, place: place)
        }
        if active >= parallelism {
            return .installationIsFull(
                active: active, limit: parallelism, place: self.place(of: entry, in: lines))
        }
        return .waitsForSlots
    }

    /// Who is set aside, because of a limit besides the pool or because the pool is too small, is in no line.
    private func place(of entry: LineEntry, in lines: [Line]) -> Explanation.PlaceInLine {
        var waiting: Set<TaskInstanceKey> = [entry.key]
        var ahead: Set<TaskInstanceKey> = []
        for line in lines {
            let size = line.pool?.capacity ?? 0
            for other in line.ready.elements where other.slots <= size && isWaiting(other) {
                waiting.insert(other.key)
                if other < entry { ahead.insert(other.key) }
            }
        }
        return Explanation.PlaceInLine(number: ahead.count + 1, of: waiting.count)
    }
}
