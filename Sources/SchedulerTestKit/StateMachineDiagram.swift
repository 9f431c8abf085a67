import SchedulerCore

/// `docs/state-machine.md`, drawn from the transition tables.
package enum StateMachineDiagram {
    /// The whole document.
    package static var document: String {
        """
        # States and their changes

        Made from the transition tables in `Sources/SchedulerCore/StateTransitions.swift` by
        `swift run simulate --state-machine-diagram > docs/state-machine.md`; a test compares the two. The
        scheduler refuses to make any change that is not drawn here, and every UPDATE of a row names the state
        that it expects.

        ## Task instances

        \(diagram(TaskInstanceTransitions.table, initial: "pending"))
        `pending` is Airflow's "none"; `cancelled` is ours. `queued` and `running` hold slots.

        ## Runs

        \(diagram(DAGRunTransitions.table, initial: "queued"))
        ## Attempts

        \(diagram(AttemptTransitions.table, initial: "starting"))
        """
    }

    private static func diagram<State>(_ table: TransitionTable<State>, initial: String) -> String {
        var lines = ["```mermaid", "stateDiagram-v2", "    [*] --> \(initial)"]
        for arrow in table.arrows {
            let causes = table.transitions.filter { $0.from == arrow.from && $0.to == arrow.to }.map(\.cause)
            lines.append(
                "    \(arrow.from.rawValue) --> \(arrow.to.rawValue): \(causes.joined(separator: "; "))")
        }
        return (lines + ["```", ""]).joined(separator: "\n")
    }
}
