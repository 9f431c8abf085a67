import DAGDomain
import SchedulerCore

/// Which changes of the transition tables have been seen.
package struct TransitionCoverage: Hashable, Sendable {
    package private(set) var instances: Set<TransitionTable<TaskInstanceState>.Arrow> = []
    package private(set) var runs: Set<TransitionTable<DAGRunState>.Arrow> = []
    package private(set) var attempts: Set<TransitionTable<AttemptState>.Arrow> = []

    package init() {}

    package mutating func visit(_ transition: Transition) {
        switch transition {
        case .instanceChanged(let from, let instance, _): instances.insert(.init(from, instance.state))
        case .runChanged(let from, let run): runs.insert(.init(from, run.state))
        case .attemptChanged(let from, let attempt): attempts.insert(.init(from, attempt.state))
        default: break
        }
    }

    package mutating func formUnion(_ other: TransitionCoverage) {
        instances.formUnion(other.instances)
        runs.formUnion(other.runs)
        attempts.formUnion(other.attempts)
    }

    /// The changes of the tables that were not seen, as text.
    package var missing: [String] {
        Self.missing("instance", TaskInstanceTransitions.table, instances)
            + Self.missing("run", DAGRunTransitions.table, runs)
            + Self.missing("attempt", AttemptTransitions.table, attempts)
    }

    private static func missing<State>(
        _ kind: String, _ table: TransitionTable<State>, _ seen: Set<TransitionTable<State>.Arrow>
    ) -> [String] {
        table.arrows.filter { !seen.contains($0) }.map { "\(kind): \($0.from.rawValue) to \($0.to.rawValue)" }
    }
}
