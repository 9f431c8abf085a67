import JSONText

/// What a sensor or an approval waits for, and for how long. While it waits, the instance is `deferred`: it holds
/// no slot, no thread and no process.
package struct Wait: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        /// An instant, or a time after the task could have started.
        case instant(WaitInstant)
        /// A file or folder that exists (a pattern of `*` and `?` in its last part may be used).
        case file(path: TemplateText)
        /// A run of another DAG, or one of its tasks, that ended well.
        case externalRun(ExternalRun)
        /// A person decides.
        case approval(Approval)
        /// The task's own way to run is tried again and again: exit code 0 says that the wait is over.
        case poke
    }

    package let condition: Condition
    /// From the first look; Airflow's default is seven days.
    package let timeout: Duration
    /// Between two looks; for `poke`, and where nothing tells of a change.
    package let pokeInterval: Duration
    /// At the timeout: skipped instead of failed.
    package let isSoftFail: Bool

    package init(
        _ condition: Condition, timeout: Duration = .seconds(604_800), pokeInterval: Duration = .seconds(60),
        isSoftFail: Bool = false
    ) {
        self.condition = condition
        self.timeout = timeout
        self.pokeInterval = pokeInterval
        self.isSoftFail = isSoftFail
    }
}

/// When a time sensor is satisfied.
package enum WaitInstant: Hashable, Sendable {
    case at(Timestamp)
    /// Counted from the moment at which the task could have started.
    case after(Duration)
    /// Counted from the run's logical date, or from its creation when it has none.
    case afterLogicalDate(Duration)
    /// Counted from the end of the run's data interval.
    case afterDataInterval(Duration)
    /// The first such time of the day in the DAG's zone, on the day on which the task could have started;
    /// seconds since midnight.
    case timeOfDay(seconds: Int)
}

/// The run that an external sensor looks for.
package struct ExternalRun: Hashable, Sendable {
    package let dagID: DAGID
    /// Tasks that must have ended well; empty: the whole run.
    package let tasks: [TaskID]
    /// The other run's logical date is this run's minus the offset; nil: the newest run counts.
    package let offset: Duration?
    /// States that let the sensor succeed, and states that make it fail.
    package let allowedStates: Set<DAGRunState>
    package let failedStates: Set<DAGRunState>

    package init(
        dagID: DAGID, tasks: [TaskID] = [], offset: Duration? = .zero,
        allowedStates: Set<DAGRunState> = [.success],
        failedStates: Set<DAGRunState> = []
    ) {
        self.dagID = dagID
        self.tasks = tasks
        self.offset = offset
        self.allowedStates = allowedStates
        self.failedStates = failedStates
    }
}

/// A question to a person.
package struct Approval: Hashable, Sendable {
    package enum Decision: String, Hashable, Sendable, CaseIterable {
        case approve, reject
    }

    /// What a rejection does.
    package enum RejectionEffect: String, Hashable, Sendable, CaseIterable {
        /// The task succeeds and everything downstream of it is skipped (Airflow's default).
        case skip
        case fail
    }

    package let subject: String
    package let body: String
    /// Decided at the timeout; nil: the timeout is a failure.
    package let fallback: Decision?
    package let onRejection: RejectionEffect

    package init(
        subject: String, body: String = "", fallback: Decision? = nil, onRejection: RejectionEffect = .skip
    ) {
        self.subject = subject
        self.body = body
        self.fallback = fallback
        self.onRejection = onRejection
    }
}

/// How a wait that is not a matter of time ended.
package enum WaitOutcome: Hashable, Sendable {
    case met(outputs: [TaskOutput])
    /// Somebody said no.
    case rejected(by: String, outputs: [TaskOutput])
    /// What is waited for can no longer happen; the text says why.
    case failed(String)
}
