import DAGDomain

/// The instances that a clear or a mark by hand changed, read from what the machine decided; a preview asks a copy of
/// the machine, so that it is exact.
package struct EditedInstances: Sendable {
    /// In the order of their keys, with the state that they had before.
    package let before: [(key: TaskInstanceKey, state: TaskInstanceState)]

    /// - Parameter marked: nil for a clear.
    package init(in transitions: [Transition], as marked: TaskInstanceState?, by user: String) {
        let request = marked.map { EndRequest.marked($0, by: user) } ?? .cleared(by: user)
        var first: [TaskInstanceKey: TaskInstanceState] = [:]
        var edited: Set<TaskInstanceKey> = []
        for case .instanceChanged(let from, let instance, _) in transitions {
            if first[instance.key] == nil { first[instance.key] = from }
            if instance.reason == request.reason { edited.insert(instance.key) }
        }
        before = edited.sorted().map { ($0, first[$0] ?? .pending) }
    }
}
