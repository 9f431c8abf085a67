import DAGDomain

/// Something that should be going on and is not: a fault in the scheduler's own books, never one of a task.
package struct Anomaly: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Ready, with slots free and nobody before it in line, and yet not started.
        case notStarted = "not_started"
        /// Its trigger rule is decided, and nothing came of it.
        case notEvaluated = "not_evaluated"
        /// The instant of its retry, of the end of its wait or of its next spawn has passed.
        case overdue
        /// It holds slots, and no attempt of it is known.
        case withoutAttempt = "without_attempt"
        /// It has an attempt that nobody carries out.
        case abandoned
        /// The run may start, and did not.
        case runNotStarted = "run_not_started"
        /// All tasks of the run have ended, and it has not.
        case runNotEnded = "run_not_ended"
    }

    package let kind: Kind
    package let run: RunNumber
    package let dagID: DAGID
    package let runID: RunID
    /// Nil for those that concern a whole run.
    package let instance: TaskInstanceKey?
    package let task: TaskID?

    /// The finding as a sentence for people.
    package var sentence: String {
        let place = "run `\(runID)` of DAG `\(dagID)`"
        guard let task, let instance else {
            let what =
                kind == .runNotEnded
                ? "had not ended though its tasks had" : "had not started though it could"
            return "\(place) \(what)"
        }
        let name = instance.mapIndex < 0 ? "`\(task)`" : "`\(task)[\(instance.mapIndex)]`"
        return "\(name) of \(place) \(trouble)"
    }

    private var trouble: String {
        switch kind {
        case .notStarted: "was ready and its slots were free, but it was not started"
        case .notEvaluated: "was not looked at though its trigger rule was decided"
        case .overdue: "was not looked at though its instant had passed"
        case .withoutAttempt: "was active without an attempt"
        case .abandoned: "had an attempt that nobody carried out"
        case .runNotStarted, .runNotEnded: "belonged to a run that stood still"
        }
    }
}

extension ActiveRun {
    func anomaly(_ kind: Anomaly.Kind, _ row: Int? = nil) -> Anomaly {
        Anomaly(
            kind: kind, run: number, dagID: run.dagID, runID: run.runID, instance: row.map { key($0) },
            task: row.map { definition($0).id })
    }
}
