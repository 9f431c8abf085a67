import DAGDomain

extension SchedulerStateMachine {
    /// Does what is due: first the ticks that `dueRuns` named at this instant, then the rest. A tick or a run of
    /// updated assets that becomes due by that, because a run made room for it, is left for the next `dispatch`: nobody has looked yet whether its
    /// names are taken.
    ///
    /// - Parameter asked: of the runs that assets make, those whose names were looked up.
    mutating func handleDueWakes(
        asked: Set<ScheduledRunKey>, taken: Set<ScheduledRunKey>, _ step: inout SchedulerStep
    ) {
        var ticks: [DAGID: DueTicks] = [:]
        var others: [WakeEntry] = []
        while let entry = takeDueWake(step.now) {
            guard case .tick(let dag) = entry.reason else {
                others.append(entry)
                continue
            }
            ticks[dag] = dueTicks(of: dag, at: step.now)
        }
        for (dag, due) in ticks.sorted(by: { $0.key < $1.key }) { answer(due, of: dag, taken: taken, &step) }
        for entry in others where isValid(entry) {
            switch entry.reason {
            case .assets(let dag): answerAssets(of: dag, asked: asked, taken: taken, &step)
            case .retrain(let dag): answerRetraining(of: dag, asked: asked, taken: taken, &step)
            case .tick, .instance, .runTimeout, .deadline: handle(entry, &step)
            }
        }
        var later: [WakeEntry] = []
        while let entry = takeDueWake(step.now) {
            switch entry.reason {
            case .tick, .assets, .retrain: later.append(entry)
            case .instance, .runTimeout, .deadline: handle(entry, &step)
            }
        }
        for entry in later { wakes.insert(entry) }
    }

    private mutating func takeDueWake(_ now: Timestamp) -> WakeEntry? {
        while let entry = wakes.first, entry.at <= now {
            _ = wakes.removeFirst()
            if isValid(entry) { return entry }
        }
        return nil
    }

    private mutating func handle(_ entry: WakeEntry, _ step: inout SchedulerStep) {
        switch entry.reason {
        case .tick, .assets, .retrain: break
        case .instance(let key): instanceIsDue(key, &step)
        case .runTimeout(let number):
            let backoff = backoff
            change(number, &step) { run, step in run.timeOut(backoff: backoff, &step) }
        case .deadline(let number, _):
            change(number, &step) { run, step in run.judgeDeadlines(&step) }
        }
    }

    /// Whether what an entry stands for is still awaited at that instant.
    func isValid(_ entry: WakeEntry) -> Bool {
        switch entry.reason {
        case .tick(let dag): return nextTicks[dag] == entry.at
        case .assets(let dag): return nextAssetRuns[dag] == entry.at
        case .retrain(let dag): return nextRetrains[dag] == entry.at
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
