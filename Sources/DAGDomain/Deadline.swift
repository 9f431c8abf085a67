/// By when a run or a task must have started or ended; missing it changes nothing, but is recorded and told.
package struct Deadline: Hashable, Sendable {
    /// What must have happened.
    package enum Goal: String, Hashable, Sendable, CaseIterable {
        case started = "not_started_by"
        case finished = "not_finished_by"
    }

    /// From when the time counts.
    package enum Reference: String, Hashable, Sendable, CaseIterable {
        /// When the run was made.
        case queuedAt = "queued_at"
        /// When the run began.
        case startDate = "start_date"
        case logicalDate = "logical_date"
        case dataIntervalEnd = "data_interval_end"
        /// When the task's present try began; of a mapped task, the first of its instances.
        case taskStart = "task_start"
    }

    package enum Limit: Hashable, Sendable {
        case after(Duration)
        /// The first such time of the day in the DAG's zone that is not before the reference.
        case timeOfDay(seconds: Int)
        /// So many times as long as the newest successful ones took on average; fewer than `minimum` of them: none.
        case averageRuntime(factor: Double, runs: Int, minimum: Int)
    }

    package let goal: Goal
    package let reference: Reference
    package let limit: Limit
    package let actions: [NoticeAction]

    package init(_ goal: Goal, from reference: Reference, _ limit: Limit, actions: [NoticeAction] = []) {
        self.goal = goal
        self.reference = reference
        self.limit = limit
        self.actions = actions
    }

    /// Whether the history has to be asked.
    package var needsAverage: Bool {
        if case .averageRuntime = limit { true } else { false }
    }
}

/// What is known of a deadline of a run or of one of its tasks. A run keeps these, each deadline is judged once.
package struct DeadlineRecord: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// Not judged yet; `limit` is known from the history.
        case open
        case met
        case missed
        /// Too little history, or the instant had passed before the run was made.
        case ignored
    }

    /// The task's index; -1 is the run.
    package let task: Int
    /// The place in the list of the task or DAG.
    package let position: Int
    package var outcome: Outcome
    package var due: Timestamp?
    /// From the history: the factor times the average.
    package var limit: Duration?

    package init(
        task: Int, position: Int, outcome: Outcome, due: Timestamp? = nil, limit: Duration? = nil
    ) {
        self.task = task
        self.position = position
        self.outcome = outcome
        self.due = due
        self.limit = limit
    }

    package static let run = -1
}

/// A question to the history: how long the newest successful runs of a DAG before a run took, or a task in them.
package struct RuntimeQuestion: Hashable, Sendable {
    /// The task's index; -1 asks for the run.
    package let task: Int
    package let taskID: TaskID?
    package let runs: Int

    package init(task: Int, taskID: TaskID?, runs: Int) {
        self.task = task
        self.taskID = taskID
        self.runs = runs
    }
}

/// The answer: how many there were, and their average.
package struct AverageRuntime: Hashable, Sendable {
    package let question: RuntimeQuestion
    package let average: Duration
    package let samples: Int

    package init(_ question: RuntimeQuestion, average: Duration, samples: Int) {
        self.question = question
        self.average = average
        self.samples = samples
    }
}
