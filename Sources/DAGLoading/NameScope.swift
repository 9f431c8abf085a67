import DAGDomain

/// Finds what a name in a file means: a task or a group, by its id, or inside a group by the part of the id that
/// follows the group's. The innermost group that knows the name wins, as in the scopes of a programming language.
struct NameScope {
    enum Target: Hashable {
        case task(Int)
        case group(Int)
    }

    private let tree: TaskTree
    private let targets: [String: Target]

    /// - Parameter targets: tasks and groups by their ids.
    init(_ tree: TaskTree, targets: [String: Target]) {
        self.tree = tree
        self.targets = targets
    }

    /// All ids in the order of the file, those of groups last.
    var names: [String] {
        tree.tasks.filter(\.hasID).map(\.definition.id.text) + tree.groups.filter(\.hasID).map(\.id.text)
    }

    /// The groups around a task or group, the outermost first.
    func groups(around target: Target) -> [Int] {
        switch target {
        case .task(let index): tree.tasks[index].group.map { tree.groups[$0].ancestors + [$0] } ?? []
        case .group(let index): tree.groups[index].ancestors
        }
    }

    /// What a name means for the task or group that uses it. That itself, or a group around it, is meant only if
    /// nothing else is called so.
    func target(of name: String, from place: Target) -> Target? {
        guard !tree.groups.isEmpty else { return targets[name] }
        let around = groups(around: place)
        var fallback: Target?
        for prefix in around.reversed().map({ tree.groups[$0].prefix }) + [""] {
            guard let target = targets[prefix + name] else { continue }
            if case .group(let group) = target, around.contains(group) {
                fallback = fallback ?? target
            } else if target == place {
                fallback = fallback ?? target
            } else {
                return target
            }
        }
        return fallback
    }

    /// Whether one thing is the other, or a group around it.
    func contains(_ outer: Target, _ inner: Target) -> Bool {
        if outer == inner { return true }
        guard case .group(let group) = outer else { return false }
        return groups(around: inner).contains(group)
    }
}
