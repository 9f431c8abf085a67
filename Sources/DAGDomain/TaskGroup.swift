/// Tasks that a file holds together under one name; their ids begin with it.
package struct TaskGroup: Hashable, Sendable {
    package let id: TaskID
    package let tooltip: String
    /// Task indices, in file order, those of inner groups included.
    package let tasks: [Int]
    /// Given when the whole group is mapped: its tasks follow one another index by index.
    package let mapping: TaskMapping?

    package init(id: TaskID, tooltip: String = "", tasks: [Int], mapping: TaskMapping? = nil) {
        self.id = id
        self.tooltip = tooltip
        self.tasks = tasks
        self.mapping = mapping
    }
}
