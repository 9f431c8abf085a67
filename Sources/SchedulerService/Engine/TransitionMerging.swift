import DAGDomain

extension [Transition] {
    /// The same changes with one for each task instance: of several in a batch, the first says what the row is now and
    /// the last what it becomes. They are one transaction, so nobody could see the states in between.
    ///
    /// The one that stays takes the last one's place, after everything that it may refer to.
    var merged: [Transition] {
        var firstStates: [TaskInstanceKey: TaskInstanceState] = [:]
        var lastPlaces: [TaskInstanceKey: Int] = [:]
        for (place, transition) in enumerated() {
            guard case .instanceChanged(let from, let instance, _) = transition else { continue }
            if firstStates[instance.key] == nil { firstStates[instance.key] = from }
            lastPlaces[instance.key] = place
        }
        return enumerated().compactMap { place, transition in
            guard case .instanceChanged(let from, let instance, let instant) = transition else {
                return transition
            }
            guard lastPlaces[instance.key] == place else { return nil }
            return .instanceChanged(from: firstStates[instance.key] ?? from, to: instance, at: instant)
        }
    }
}
