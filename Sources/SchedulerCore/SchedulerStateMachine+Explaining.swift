import DAGDomain

extension SchedulerStateMachine {
    /// Explains an instance of an unfinished run; nil when the run is not in memory (then its rows explain
    /// it).
    package func explain(_ key: TaskInstanceKey) -> Explanation? {
        guard let active = runs[key.run], active.instances.indices.contains(key.task) else { return nil }
        let instance = active.instances[key.task]
        let plain = Explanation(dag: active.plan.dag, instance: instance) { active.instances[$0] }
        let cause: Explanation.Cause
        if active.run.state == .queued, instance.state == .pending {
            cause = queuedRun(active.run)
        } else if instance.state == .scheduled {
            cause = slots.obstacle(for: active.lineEntry(key.task))
        } else {
            cause = plain.cause
        }
        return Explanation(task: plain.task, state: plain.state, cause: cause)
    }

    private func queuedRun(_ run: DAGRun) -> Explanation.Cause {
        let queue = queues[run.dagID]
        return .runIsQueued(
            running: queue?.runningCount ?? 0, limit: maximumActiveRuns(of: run.dagID),
            ahead: queue?.waiting.count { $0 < run.number } ?? 0)
    }
}

extension SlotAllocation {
    /// What keeps a waiting entry from its slots, the narrowest limit first.
    func obstacle(for entry: LineEntry) -> Explanation.Cause {
        guard let line = line(of: entry.pool), let size = line.pool?.slots else {
            return .poolIsUnknown(entry.pool)
        }
        if entry.slots > size { return .poolIsTooSmall(entry.pool, slots: size, needs: entry.slots) }
        if let run = runs[entry.key.run], run.isReached {
            return .runIsFull(active: run.active, limit: run.limit)
        }
        let position = 1 + Set(line.ready.elements.filter { waiting.contains($0.key) && $0 < entry }).count
        if line.used + entry.slots > size || position > 1, active < parallelism {
            return .poolIsFull(
                entry.pool, used: line.used, slots: size, needs: entry.slots, position: position)
        }
        if active >= parallelism { return .installationIsFull(active: active, limit: parallelism) }
        return .waitsForSlots
    }
}
