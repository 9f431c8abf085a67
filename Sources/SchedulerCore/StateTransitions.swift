import DAGDomain

/// One arrow of a state diagram.
package struct StateTransition<State: Hashable & Sendable>: Hashable, Sendable {
    package let from: State
    package let to: State
    /// What makes it happen, in a few words, for the diagram.
    package let cause: String
}

/// The closed list of the changes that a kind of row may go through. Every change that the machine makes is
/// checked against it, and `docs/state-machine.md` is drawn from it.
package struct TransitionTable<State: RawRepresentable & Hashable & CaseIterable & Sendable>: Sendable
where State.RawValue == String, State.AllCases == [State] {
    package let transitions: [StateTransition<State>]
    private let allowed: Set<Arrow>

    /// A change without its cause.
    package struct Arrow: Hashable, Sendable {
        package let from: State
        package let to: State

        package init(_ from: State, _ to: State) {
            self.from = from
            self.to = to
        }
    }

    /// - Parameter rows: from, the states it may lead to, and the cause they share.
    init(_ rows: [(State, [State], String)]) {
        transitions = rows.flatMap { from, targets, cause in
            targets.map { StateTransition(from: from, to: $0, cause: cause) }
        }
        allowed = Set(transitions.map { Arrow($0.from, $0.to) })
    }

    package func allows(_ from: State, _ to: State) -> Bool {
        allowed.contains(Arrow(from, to))
    }

    /// Every change once, in the order of the table.
    package var arrows: [Arrow] {
        var seen: Set<Arrow> = []
        return transitions.map { Arrow($0.from, $0.to) }.filter { seen.insert($0).inserted }
    }
}

/// The changes of task instances.
package enum TaskInstanceTransitions {
    package static let table = TransitionTable<TaskInstanceState>([
        (.pending, [.scheduled], "trigger rule holds"),
        (.pending, [.success], "nothing to run (noop)"),
        (.pending, [.skipped, .upstreamFailed], "trigger rule settles it"),
        (.pending, [.skipped], "upstream gate, run timeout"),
        (.pending, [.cancelled], "run cancelled"),
        (.pending, [.success, .failed, .skipped], "marked"),
        (.scheduled, [.queued], "slots given"),
        (.scheduled, [.pending], "cleared"),
        (.scheduled, [.skipped], "upstream gate, run timeout"),
        (.scheduled, [.cancelled], "run cancelled"),
        (.scheduled, [.success, .failed, .skipped], "marked"),
        (.queued, [.queued], "spawn failed, or asked to end"),
        (.queued, [.running], "process started"),
        (.queued, [.success, .failed, .skipped, .upForRetry], "attempt ended before its start was seen"),
        (.queued, [.cancelled], "run cancelled"),
        (.queued, [.pending], "cleared"),
        (.running, [.running], "asked to end"),
        (.running, [.success, .failed, .skipped, .upForRetry], "attempt ended"),
        (.running, [.cancelled], "run cancelled"),
        (.running, [.pending], "cleared"),
        (.pending, [.deferred], "trigger rule holds, and there is something to wait for"),
        (.pending, [.failed], "its condition or its expansion cannot be worked out"),
        (.queued, [.deferred], "attempt ended, and what it asked for goes on"),
        (.running, [.deferred], "attempt ended, and what it asked for goes on"),
        (.deferred, [.scheduled], "next look"),
        (.deferred, [.success, .failed, .skipped, .upForRetry], "wait ended"),
        (.deferred, [.cancelled], "run cancelled"),
        (.deferred, [.pending], "cleared"),
        (.upForRetry, [.scheduled], "delay over"),
        (.upForRetry, [.pending], "cleared"),
        (.upForRetry, [.skipped], "upstream gate, run timeout"),
        (.upForRetry, [.cancelled], "run cancelled"),
        (.upForRetry, [.success, .failed, .skipped], "marked"),
        (.success, [.pending], "cleared"),
        (.failed, [.pending], "cleared"),
        (.skipped, [.pending], "cleared, or an upstream was"),
        (.upstreamFailed, [.pending], "cleared, or an upstream was"),
        (.cancelled, [.pending], "cleared"),
        (.success, [.failed, .skipped], "marked"),
        (.failed, [.success, .skipped], "marked"),
        (.skipped, [.success, .failed], "marked"),
        (.upstreamFailed, [.success, .failed, .skipped], "marked"),
        (.cancelled, [.success, .failed, .skipped], "marked"),
    ])
}

/// The changes of runs.
package enum DAGRunTransitions {
    package static let table = TransitionTable<DAGRunState>([
        (.queued, [.running], "max_active_runs allows it"),
        (.queued, [.success, .failed], "marked"),
        (.queued, [.cancelled], "cancelled"),
        (.running, [.running], "asked to end, or asked back"),
        (.running, [.success, .failed], "no task is unfinished"),
        (.running, [.cancelled], "cancelled, and no task is unfinished"),
        (.success, [.queued], "tasks cleared"),
        (.failed, [.queued], "tasks cleared"),
        (.cancelled, [.queued], "tasks cleared"),
        (.success, [.failed], "marked"),
        (.failed, [.success], "marked"),
        (.cancelled, [.success, .failed], "marked"),
    ])
}

/// The changes of attempts.
package enum AttemptTransitions {
    private static let endings: [AttemptState] = [
        .succeeded, .skipped, .failed, .timedOut, .cancelled, .lost,
    ]

    package static let table = TransitionTable<AttemptState>([
        (.starting, [.running], "process started"),
        (.starting, endings, "ended before its start was seen"),
        (.running, endings, "process ended"),
    ])
}
