import DAGDomain
import JSONText

/// Walks the tasks and groups of a file in the order in which they stand there.
struct GroupReader {
    var tasks: TaskReader
    private(set) var tree = TaskTree()

    init(tasks: TaskReader) {
        self.tasks = tasks
    }

    /// Reads `tasks` and `task_groups` of a DAG or group.
    mutating func read(_ fields: Fields, defaults: TaskDefinition, in place: GroupPlace) {
        let parts = [fields["tasks"], fields["task_groups"]].compactMap { $0 }
            .sorted { $0.position < $1.position }
        for part in parts {
            if part.position == fields["tasks"]?.position {
                readTasks(part, defaults: defaults, in: place)
            } else {
                for group in part.elements ?? [] where group.members != nil {
                    readGroup(group, defaults: defaults, in: place)
                }
            }
        }
    }

    private mutating func readTasks(_ node: JSONNode, defaults: TaskDefinition, in place: GroupPlace) {
        for element in node.elements ?? [] where element.members != nil {
            tree.tasks.append(tasks.read(element, key: nil, defaults: defaults, in: place))
        }
        // A key that is there twice was reported as such.
        var keys = Set<String>()
        for member in node.members ?? [] where member.node.members != nil && keys.insert(member.key).inserted
        {
            tree.tasks.append(tasks.read(member.node, key: member, defaults: defaults, in: place))
        }
    }

    private mutating func readGroup(_ node: JSONNode, defaults: TaskDefinition, in place: GroupPlace) {
        let fields = Fields(node, .taskGroup)
        let id = fields.string("group_id")
        let hasID = id.map(TextRule.identifier.accepts) ?? false
        let fullID = place.prefix + (id ?? "")
        let position = fields["group_id"]?.position ?? node.position
        if hasID { tasks.checkLength(of: fullID, at: position) }
        let isPrefixed = fields["prefix_group_id"]?.value.boolValue ?? true
        var group = ReadGroup(
            id: TaskID(fullID), position: position, hasID: hasID, tooltip: fields.string("tooltip") ?? "",
            ancestors: place.ancestors, prefix: isPrefixed ? fullID + "." : "",
            tasks: tree.tasks.count..<tree.tasks.count)
        group.dependencies = tasks.readDependencies(fields["depends_on"])
        let outside = tasks.parameters
        var inside = place
        inside.group = tree.groups.count
        inside.ancestors.append(tree.groups.count)
        inside.prefix = group.prefix
        if let read = tasks.readMapping(fields, references: &group.references) {
            if place.isMapped, let member = RoleKeys.mappings.lazy.compactMap({ fields.member($0) }).first {
                tasks.diagnostics.error(
                    "\"\(member.key)\" cannot be in a mapped group; the outer group's values are this one's",
                    at: member.keyPosition)
            }
            group.mapping = read.mapping
            tasks.parameters = outside.adding(read.names, isOpen: read.isOpen)
            inside.isMapped = true
            inside.maximumActive = fields.integer("max_parallel")
            inside.failsFast = fields["fail_fast"]?.value.boolValue ?? false
        }
        let inner = tasks.readDefaults(fields["default_args"], outer: defaults)
        let index = tree.groups.count
        tree.groups.append(group)
        read(fields, defaults: inner, in: inside)
        tree.groups[index].tasks = group.tasks.lowerBound..<tree.tasks.count
        tasks.parameters = outside
    }
}
