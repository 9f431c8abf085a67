import DAGDomain

extension ActiveRun {
    /// Starts a queued run: every instance that waits is looked at.
    mutating func start(_ step: inout SchedulerStep) {
        let now = step.now
        changeRun(to: .running, &step) { run in
            run.startDate = now
            run.endDate = nil
        }
        toEvaluate = rows.filter { instances[$0].state == .pending }
    }

    /// Cancels what has not ended; the run itself ends when its last active task has.
    mutating func cancel(by user: String, backoff: RetryBackoff, _ step: inout SchedulerStep) {
        if run.state == .running, run.reason != .cancelledByUser {
            changeRun(to: .running, &step) { $0.reason = .cancelledByUser }
        }
        endUnfinished(.cancelled(by: user), waitingBecome: .cancelled, backoff: backoff, &step)
        if run.state == .queued { end(as: .cancelled, reason: .cancelledByUser, &step) }
    }

    /// `dagrun_timeout` is over (A2): running tasks are ended, and everything unfinished is skipped.
    mutating func timeOut(backoff: RetryBackoff, _ step: inout SchedulerStep) {
        changeRun(to: .running, &step) { $0.reason = .timedOut }
        endUnfinished(.runTimeout, waitingBecome: .skipped, backoff: backoff, &step)
    }

    private mutating func endUnfinished(
        _ request: EndRequest, waitingBecome state: TaskInstanceState, backoff: RetryBackoff,
        _ step: inout SchedulerStep
    ) {
        let now = step.now
        func end(_ instance: inout TaskInstance) {
            instance.endDate = now
            instance.notBefore = nil
            instance.failure = state == .cancelled ? .cancelled : nil
            instance.reason = request.reason
        }
        for task in mapped.keys.sorted() { makeRemaining(ofTask: task, as: state, &step, edit: end) }
        toEvaluate = []
        for row in rows where !instances[row].state.isFinished {
            if instances[row].state.isActive {
                if !definition(row).flow.isTeardown { requestEnd(of: row, request, backoff: backoff, &step) }
            } else if run.state == .running, mustTearDown(row) {
                toEvaluate.append(row)
            } else {
                change(row, to: state, &step, edit: end)
            }
        }
    }

    /// Marks a whole run. Success: every task becomes a success. Failed: what runs is ended as failed, what
    /// has not begun is skipped (Airflow's `set_dag_run_state_to_success` and `..._to_failed`).
    mutating func mark(
        as state: DAGRunState, by user: String, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        for task in mapped.keys.sorted() { makeRemaining(ofTask: task, as: .pending, &step) }
        toEvaluate = []
        for row in rows {
            switch (state, instances[row].state.isFinished) {
            case (_, false) where run.state == .running && mustTearDown(row):
                if instances[row].state == .pending { toEvaluate.append(row) }
            case (.success, _): mark(row, as: .success, by: user, backoff: backoff, &step)
            case (_, false) where instances[row].state.isActive:
                mark(row, as: .failed, by: user, backoff: backoff, &step)
            case (_, false): mark(row, as: .skipped, by: user, backoff: backoff, &step)
            case (_, true): break
            }
        }
        toEvaluate = toEvaluate.filter { mustTearDown($0) }
        if unfinished > 0 {
            changeRun(to: .running, &step) { $0.reason = .markedByUser }
        } else if run.state != state {
            end(as: state, reason: .markedByUser, &step)
        }
    }

    /// Marks one instance; one that runs is ended first and gets the state when it has ended.
    mutating func mark(
        _ row: Int, as state: TaskInstanceState, by user: String, backoff: RetryBackoff,
        _ step: inout SchedulerStep
    ) {
        let now = step.now
        let current = instances[row].state
        guard current != state, current != .removed else { return }
        let request = EndRequest.marked(state, by: user)
        if current.isActive {
            requestEnd(of: row, request, backoff: backoff, &step)
            return
        }
        change(row, to: state, &step) { instance in
            instance.endDate = now
            instance.notBefore = nil
            instance.failure = state == .failed ? .cancelled : nil
            instance.reason = request.reason
        }
    }
}
