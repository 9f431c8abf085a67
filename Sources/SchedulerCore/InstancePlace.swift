import DAGDomain

/// The instances of a run that a person means: all of a task, or one of a mapped task.
package struct InstancePlace: Hashable, Sendable {
    package let task: Int
    /// Nil: all instances of the task.
    package let mapIndex: Int?

    package init(task: Int, mapIndex: Int? = nil) {
        self.task = task
        self.mapIndex = mapIndex
    }
}
