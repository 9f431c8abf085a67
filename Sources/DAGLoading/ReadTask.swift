import DAGDomain
import JSONText

/// A reference to an upstream output, kept until the graph is known.
struct OutputReference {
    /// The id as the file writes it; inside a group it may be a short one.
    let task: String
    let name: String
    /// How the file writes the whole reference, for a message.
    let shown: String
    let position: JSONPosition
    /// Whether it names an artifact and not an output.
    var isArtifact = false
}

/// An entry of `depends_on`, kept until all names are known.
struct ReadDependency {
    /// A task or a group, as the file writes it.
    let name: String
    let condition: EdgeCondition?
    let position: JSONPosition
}

/// A task as far as it could be read, with what only the whole DAG can judge.
struct ReadTask {
    var definition: TaskDefinition
    /// Where the id is, or where the task starts when it has none.
    let position: JSONPosition
    let hasID: Bool
    /// The innermost group around it.
    var group: Int?
    /// The elements of `depends_on`, in order.
    var dependencies: [ReadDependency] = []
    var references: [OutputReference] = []
    /// The elements of `inputs`, in order.
    var inputs: [ReadInput] = []
    /// `when`, which can be read only when all ids are known.
    var condition: JSONNode?
    /// The names that `params.NAME` can have in the task.
    var parameters: ParameterNames
}

/// A group as far as it could be read.
struct ReadGroup {
    let id: TaskID
    let position: JSONPosition
    let hasID: Bool
    let tooltip: String
    /// The groups around it, the outermost first.
    let ancestors: [Int]
    /// What the ids of its members begin with; empty with `"prefix_group_id": false`.
    let prefix: String
    /// Its tasks, those of inner groups included.
    var tasks: Range<Int>
    var dependencies: [ReadDependency] = []
    var mapping: TaskMapping?
    /// The outputs that its mapping reads.
    var references: [OutputReference] = []
}

/// All tasks and groups of a file, outer groups before inner ones.
struct TaskTree {
    var tasks: [ReadTask] = []
    var groups: [ReadGroup] = []
}
