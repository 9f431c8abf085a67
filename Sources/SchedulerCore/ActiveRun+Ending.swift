import DAGDomain

extension ActiveRun {
    /// Starts a queued run: every instance that waits is looked at.
    mutating func start(_ step: inout SchedulerStep) {
        let now = step.now
        changeRun(to: .running, &step) { run in
            run.startDate = now
            run.endDate = nil
        }
        toEvaluate = instances.indices.filter { instances[$0].state == .pending }
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
        for task in instances.indices where !instances[task].state.isFinished {
            if instances[task].state.isActive {
                requestEnd(of: task, request, backoff: backoff, &step)
            } else {
                change(task, to: state, &step) { instance in
                    instance.endDate = now
                    instance.notBefore = nil
                    instance.failure = state == .cancelled ? .cancelled : nil
                    instance.reason = request.reason
                }
            }
        }
        toEvaluate = []
    }

    /// Marks a whole run. Success: every task becomes a success. Failed: what runs is ended as failed, what
    /// has not begun is skipped (Airflow's `set_dag_run_state_to_success` and `..._to_failed`).
    mutating func mark(
        as state: DAGRunState, by user: String, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        for task in instances.indices {
            switch (state, instances[task].state.isFinished) {
            case (.success, _): mark(task, as: .success, by: user, backoff: backoff, &step)
            case (_, false) where instances[task].state.isActive:
                mark(task, as: .failed, by: user, backoff: backoff, &step)
            case (_, false): mark(task, as: .skipped, by: user, backoff: backoff, &step)
            case (_, true): break
            }
        }
        toEvaluate = []
        if active > 0 {
            changeRun(to: .running, &step) { $0.reason = .markedByUser }
        } else if run.state != state {
            end(as: state, reason: .markedByUser, &step)
        }
    }

    /// Marks one instance; one that runs is ended first and gets the state when it has ended.
    mutating func mark(
        _ task: Int, as state: TaskInstanceState, by user: String, backoff: RetryBackoff,
        _ step: inout SchedulerStep
    ) {
        let now = step.now
        let current = instances[task].state
        guard current != state, current != .removed else { return }
        let request = EndRequest.marked(state, by: user)
        if current.isActive {
            requestEnd(of: task, request, backoff: backoff, &step)
            return
        }
        change(task, to: state, &step) { instance in
            instance.endDate = now
            instance.notBefore = nil
            instance.failure = state == .failed ? .cancelled : nil
            instance.reason = request.reason
        }
    }
}
