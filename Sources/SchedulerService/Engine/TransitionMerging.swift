import DAGDomain

extension [Transition] {
    /// The same changes with one for each task instance and one for each attempt: of several in a batch, the first says
    /// what the row is now and the last what it becomes. They are one transaction, so nobody could see the states in
    /// between.
    ///
    /// The one that stays takes the last one's place, after everything that it may refer to.
    var merged: [Transition] {
        // Another version counts its tasks differently, so the same key may mean two instances.
        if contains(where: { if case .runRepinned = $0 { true } else { false } }) { return self }
        var instances = MergedRows<TaskInstanceKey, TaskInstanceState>()
        var attempts = MergedRows<AttemptID, AttemptState>()
        for (place, transition) in enumerated() {
            switch transition {
            case .instanceChanged(let from, let instance, _): instances.note(instance.key, from, at: place)
            case .attemptChanged(let from, let attempt): attempts.note(attempt.id, from, at: place)
            default: break
            }
        }
        return enumerated().compactMap { place, transition in
            switch transition {
            case .instanceChanged(let from, let instance, let instant):
                guard instances.lastPlaces[instance.key] == place else { return nil }
                let first = instances.firstStates[instance.key] ?? from
                return .instanceChanged(from: first, to: instance, at: instant)
            case .attemptChanged(let from, let attempt):
                guard attempts.lastPlaces[attempt.id] == place else { return nil }
                return .attemptChanged(from: attempts.firstStates[attempt.id] ?? from, to: attempt)
            default: return transition
            }
        }
    }
}

/// Which rows of one kind a batch changes: from what, and where the last change stands.
private struct MergedRows<Key: Hashable, State> {
    var firstStates: [Key: State] = [:]
    var lastPlaces: [Key: Int] = [:]

    mutating func note(_ key: Key, _ from: State, at place: Int) {
        if firstStates[key] == nil { firstStates[key] = from }
        lastPlaces[key] = place
    }
}
