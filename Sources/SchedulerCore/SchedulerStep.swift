import DAGDomain
import JSONText

/// One step of the machine: the instant, what it has decided so far, and what its indices have yet to learn
/// of.
struct SchedulerStep {
    let now: Timestamp
    var decision = SchedulerDecision()
    /// What happened to instances, in order; `SchedulerStateMachine.absorb` brings slots, timers and indices
    /// up to date with it.
    var effects: [RunEffect] = []

    init(now: Timestamp) {
        self.now = now
    }
}

/// What a change of an instance means outside its run.
enum RunEffect {
    case enqueued(TaskInstanceKey)
    case withdrawn(TaskInstanceKey)
    case released(TaskInstanceKey)
    case wake(TaskInstanceKey, at: Timestamp)
    case attemptEnded(AttemptID)
    /// A deadline counts from a start that may have changed.
    case startOfDeadline(Int, RunNumber)
    /// A task that has outlets was a success; what it says of them.
    case produced(TaskInstanceKey, OutletReport)
    /// The instance no longer waits for the run that it asked for.
    case childAbandoned(TaskInstanceKey)
}
