import DAGDomain

extension SchedulerStateMachine {
    // News of an attempt that is not live is old news (a report that was delivered twice) and changes
    // nothing.

    mutating func attemptStarted(
        _ id: AttemptID, processID: Int32, at instant: Timestamp, _ step: inout SchedulerStep
    ) {
        guard let key = liveAttempts[id] else { return }
        unresolved.remove(id)
        change(key.run, &step) { run, step in
            run.attemptStarted(key.task, processID: processID, at: instant, &step)
        }
    }

    mutating func attemptFinished(_ report: AttemptReport, _ step: inout SchedulerStep) {
        guard let key = liveAttempts[report.attempt] else { return }
        unresolved.remove(report.attempt)
        let backoff = backoff
        change(key.run, &step) { run, step in
            run.attemptFinished(key.task, report: report, backoff: backoff, &step)
        }
    }

    mutating func spawnFailed(_ id: AttemptID, reason: String, _ step: inout SchedulerStep) {
        guard let key = liveAttempts[id] else { return }
        let backoff = backoff
        let limit = configuration.maximumSpawnBackoff
        if unresolved.remove(id) != nil, let instant = runs[key.run]?.instances[key.task].notBefore {
            wakes.insert(WakeEntry(at: instant, reason: .instance(key)))
        }
        change(key.run, &step) { run, step in
            run.spawnFailed(key.task, reason: reason, limit: limit, backoff: backoff, &step)
        }
    }

    /// Gives slots to the best of those who wait, until a limit is reached.
    mutating func allocateSlots(_ step: inout SchedulerStep) {
        while let entry = slots.takeNext() {
            guard let index = runs.index(forKey: entry.key.run) else {
                preconditionFailure("slots were given to a run that is gone")
            }
            let id = generator.next()
            liveAttempts[id] = entry.key
            runs.values[index].queue(entry.key.task, attempt: id, &step)
        }
    }
}
