import DAGDomain

/// What a condition's names can stand for.
protocol ConditionNames {
    /// What is wrong with the name of a param; nil when there is such a param.
    func problem(parameter: String) -> String?
    /// The task that an id means at the place of the condition.
    func task(named text: String) -> NamedTask?
    /// What is wrong with the name of an output of a task; nil when the task may have it.
    func problem(output: String, of task: NamedTask) -> String?
    /// The sentence about an id that is not there.
    /// - Parameter candidates: the ids it may have been meant to be, the longest first.
    func problem(unknownTask candidates: [String]) -> String
}

/// A task that a condition names.
struct NamedTask {
    let index: Int
    let id: TaskID
}
