import DAGDomain

extension SchedulerStateMachine {
    /// Does what is due. What a due entry leads to is never due at the same instant, except a tick that a
    /// changed clock has made due, so this ends.
    mutating func handleDueWakes(taken: Set<ScheduledRunKey>, _ step: inout SchedulerStep) {
        while let entry = wakes.first, entry.at <= step.now {
            _ = wakes.removeFirst()
            guard isValid(entry) else { continue }
            switch entry.reason {
            case .tick(let dag): answerTicks(of: dag, taken: taken, &step)
            case .instance(let key): instanceIsDue(key, &step)
            case .runTimeout(let number):
                let backoff = backoff
                change(number, &step) { run, step in run.timeOut(backoff: backoff, &step) }
            case .deadline(let number, _):
                change(number, &step) { run, step in run.judgeDeadlines(&step) }
            }
        }
    }

    /// Whether what an entry stands for is still awaited at that instant.
    func isValid(_ entry: WakeEntry) -> Bool {
        switch entry.reason {
        case .tick(let dag): return nextTicks[dag] == entry.at
        case .instance(let key):
            guard let run = runs[key.run], let row = run.row(of: key) else { return false }
            let instance = run.instances[row]
            switch instance.state {
            case .upForRetry, .queued: return instance.notBefore == entry.at
            case .deferred: return instance.notBefore == entry.at || run.waitDeadline(row) == entry.at
            default: return false
            }
        case .runTimeout(let number): return deadline(of: number) == entry.at
        case .deadline(let number, let index): return runs[number]?.openDeadline(index) == entry.at
        }
    }

    private mutating func instanceIsDue(_ key: TaskInstanceKey, _ step: inout SchedulerStep) {
        let backoff = backoff
        let unresolved = unresolved
        change(key, &step) { run, row, step in
            switch run.instances[row].state {
            case .upForRetry: run.retryIsDue(row, &step)
            case .deferred: run.waitIsDue(row, backoff: backoff, &step)
            default:
                if let id = run.liveAttempts[row]?.id, unresolved.contains(id) { return }
                run.spawnAgain(row, &step)
            }
        }
    }

    /// So that `nextWake` never names an instant at which there is nothing to do.
    mutating func dropStaleWakes() {
        while let entry = wakes.first, !isValid(entry) { _ = wakes.removeFirst() }
    }
}
