import DAGDomain

/// The unfinished runs with one concurrency key, over all DAGs.
struct ConcurrencyGroup: Hashable, Sendable {
    private(set) var running: Set<RunNumber> = []
    private(set) var waiting: Set<RunNumber> = []

    var isEmpty: Bool { running.isEmpty && waiting.isEmpty }

    mutating func add(_ run: DAGRun) {
        if run.state == .queued { waiting.insert(run.number) } else { running.insert(run.number) }
    }

    mutating func started(_ run: RunNumber) {
        waiting.remove(run)
        running.insert(run)
    }

    mutating func ended(_ run: RunNumber) {
        waiting.remove(run)
        running.remove(run)
    }
}

extension ActiveRun {
    /// Ends a run that has not started because of another one: its tasks with it.
    mutating func giveWay(_ reason: RunReason, detail: String, _ step: inout SchedulerStep) {
        guard run.state == .queued else { return }
        let isSkipped = reason.outcome == .success
        let state: TaskInstanceState = isSkipped ? .skipped : .cancelled
        let now = step.now
        func finish(_ instance: inout TaskInstance) {
            instance.endDate = now
            instance.notBefore = nil
            instance.failure = isSkipped ? nil : .cancelled
            instance.reason = .byUser("\(isSkipped ? "skipped" : "cancelled"): \(detail)")
        }
        for task in mapped.keys.sorted() { makeRemaining(ofTask: task, as: state, &step, edit: finish) }
        for row in rows where !instances[row].state.isFinished { change(row, to: state, &step, edit: finish) }
        toEvaluate = []
        run.reasonDetail = detail
        end(as: reason.outcome ?? .cancelled, reason: reason, &step)
    }
}
