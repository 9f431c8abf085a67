import JSONText

/// The key of a task instance: run, position of the task in its DAG's file, and map index (-1 when not mapped).
package struct TaskInstanceKey: Hashable, Comparable, Sendable {
    package let run: RunNumber
    package let task: Int
    package let mapIndex: Int

    package init(run: RunNumber, task: Int, mapIndex: Int = -1) {
        self.run = run
        self.task = task
        self.mapIndex = mapIndex
    }

    package static func < (left: TaskInstanceKey, right: TaskInstanceKey) -> Bool {
        (left.run, left.task, left.mapIndex) < (right.run, right.task, right.mapIndex)
    }
}

/// The states of a task instance. Stored texts are Airflow's, plus `cancelled`; `pending` is Airflow's "none".
package enum TaskInstanceState: String, Hashable, Sendable, CaseIterable {
    /// Waits for its upstream tasks.
    case pending
    /// Its trigger rule holds; it waits for slots.
    case scheduled
    /// It has its slots and an attempt; the process is being started.
    case queued
    case running
    /// Waits for something outside without holding a slot: a sensor, an approval, a run that it triggered.
    case deferred
    /// Failed with attempts left; waits for its delay.
    case upForRetry = "up_for_retry"
    case success
    case failed
    case skipped
    case upstreamFailed = "upstream_failed"
    case removed
    case cancelled

    package var isFinished: Bool {
        switch self {
        case .success, .failed, .skipped, .upstreamFailed, .removed, .cancelled: true
        case .pending, .scheduled, .queued, .running, .deferred, .upForRetry: false
        }
    }

    /// Whether it holds slots.
    package var isActive: Bool { self == .queued || self == .running }

    /// Whether it counts as a failure for trigger rules and for the run.
    package var isFailure: Bool { self == .failed || self == .upstreamFailed || self == .cancelled }
}

/// What kind of thing ended an attempt or a task badly; decides what a person should look at first.
package enum FailureReason: String, Hashable, Sendable, CaseIterable {
    /// The program said so: exit code, signal of its own, bad output.
    case userError = "user_error"
    case timeout
    /// The supervisor, the machine or the disk.
    case infrastructure
    case outOfMemory = "out_of_memory"
    case cancelled
    case gate
    case upstream
}

/// Why a task instance is in its state: recorded with the transition and told by `why`.
package enum StateReason: Hashable, Sendable {
    /// The trigger rule settled it without running, because of this upstream task (by index).
    case triggerRule(TriggerRule, upstreamTask: Int, upstreamState: TaskInstanceState)
    /// The program ended with this exit code (0, 99 and failures alike).
    case exitCode(Int32)
    case signal(Int32)
    /// The program could not be started; the text names the step and the system's error.
    case notStarted(String)
    case executionTimeout(Duration)
    case runTimeout
    /// The attempt's supervisor or its record is gone; the text says what was found.
    case lost(String)
    case gateFailed(GateVerdict)
    /// Succeeded, with something that only warns not holding.
    case gateWarned(GateVerdict)
    /// Skipped because the gate of this upstream task did not hold.
    case upstreamGate(task: Int)
    /// Outputs, metrics or artifacts broke their contract; the text says which and how.
    case badReport(String)
    /// The registry of models changed while the task ran, so that what it says is no longer true.
    case overtaken(String)
    /// A retry waits until this instant, after the failure told by `after`.
    indirect case waitsForRetry(until: Timestamp, after: StateReason)
    /// Cancelled, cleared or marked by a person.
    case byUser(String)
    /// The run ended (cancelled or failed) before it could start.
    case runEnded
    /// Skipped by a decision of this upstream task: a branch that did not choose it, a short circuit...
    case skippedBy(task: Int, SkipCause)
    /// The task's own `when` was false.
    case conditionFalse(String)
    /// `when`, `expand` or the decision of a branch could not be worked out; the text says why.
    case badExpression(String)
    /// `expand` had nothing to run through.
    case emptyExpansion
    /// The same task did not end well in the previous run (`depends_on_past`, `wait_for_downstream`).
    case dependsOnPast(run: RunID)
    /// A setup that this task relies on has not succeeded.
    case setup(task: Int, TaskInstanceState)
    /// Ended because another instance of the same mapped task failed (`fail_fast`).
    case failFast(mapIndex: Int)
    /// Ended because its metric fell behind those of the other instances; the text says how.
    case stoppedEarly(String)
    /// What is waited for, while it is waited for.
    case waits(WaitText)
    /// A wait that lasted longer than its timeout.
    case waitTimeout(Duration)
    /// How a wait ended: by whom, or why.
    case waitEnded(String)
    /// Succeeded without running: this try had done the same work.
    case cached(run: RunID, tryNumber: Int)
    /// Skipped without running, since what the task is about does not exist yet.
    case nothingToDo(String)
}

/// What made a task skip others downstream of it.
package enum SkipCause: String, Hashable, Sendable, CaseIterable {
    case branch, rejected
    case shortCircuit = "short_circuit"
    case latestOnly = "latest_only"
}

/// What a deferred instance waits for.
package enum WaitText: Hashable, Sendable {
    /// The instant is the instance's `notBefore`.
    case instant
    case file
    case externalRun
    case approval
    /// The next look at `notBefore`.
    case poke
    /// The run that a `trigger_dag` task asked for.
    case childRun(DAGID, RunID)
}

/// One task in one run.
package struct TaskInstance: Hashable, Sendable {
    package var key: TaskInstanceKey
    package var state: TaskInstanceState
    /// Attempts so far over the whole life, clears included; 0 before the first.
    package var tryNumber: Int
    /// The try number after which no retry is left: `tryNumber at the last clear + retries + 1`.
    package var maximumTries: Int
    /// Attempts since the run began or the task was last cleared; the exponent of the backoff.
    package var triesSinceClear: Int
    package var scheduledAt: Timestamp?
    package var queuedAt: Timestamp?
    /// Of the last attempt.
    package var startDate: Timestamp?
    package var endDate: Timestamp?
    /// When an `up_for_retry` instance may be scheduled again (or a failed spawn tried again).
    package var notBefore: Timestamp?
    /// The live or last attempt.
    package var attempt: AttemptID?
    package var failure: FailureReason?
    package var reason: StateReason?
    /// The params of its own that a mapped instance has; empty when not mapped.
    package var mappedParameters: JSONObject

    package init(
        key: TaskInstanceKey, state: TaskInstanceState = .pending, tryNumber: Int = 0, maximumTries: Int,
        triesSinceClear: Int = 0, scheduledAt: Timestamp? = nil, queuedAt: Timestamp? = nil,
        startDate: Timestamp? = nil, endDate: Timestamp? = nil, notBefore: Timestamp? = nil,
        attempt: AttemptID? = nil, failure: FailureReason? = nil, reason: StateReason? = nil,
        mappedParameters: JSONObject = JSONObject()
    ) {
        self.key = key
        self.state = state
        self.tryNumber = tryNumber
        self.maximumTries = maximumTries
        self.triesSinceClear = triesSinceClear
        self.scheduledAt = scheduledAt
        self.queuedAt = queuedAt
        self.startDate = startDate
        self.endDate = endDate
        self.notBefore = notBefore
        self.attempt = attempt
        self.failure = failure
        self.reason = reason
        self.mappedParameters = mappedParameters
    }
}
