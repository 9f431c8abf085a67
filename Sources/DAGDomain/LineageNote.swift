/// What OpenLineage is to be told, noted in the commit of the change that it is about.
package struct LineageNote: Hashable, Sendable {
    package enum Event: String, Hashable, Sendable, CaseIterable {
        case start = "START"
        case complete = "COMPLETE"
        case fail = "FAIL"
        case abort = "ABORT"
    }

    package let at: Timestamp
    package let run: RunNumber
    /// Nil for the run itself.
    package let instance: TaskInstanceKey?
    /// 0 for the run itself.
    package let tryNumber: Int
    package let event: Event

    package init(at: Timestamp, run: RunNumber, instance: TaskInstanceKey?, tryNumber: Int, event: Event) {
        self.at = at
        self.run = run
        self.instance = instance
        self.tryNumber = tryNumber
        self.event = event
    }
}

extension [Transition] {
    /// Of runs and of attempts, in the order of the changes.
    package func lineageNotes(at: Timestamp) -> [LineageNote] {
        compactMap { transition in
            switch transition {
            case .runChanged(let from, let run):
                let event: LineageNote.Event? =
                    switch run.state {
                    case .running: from == .queued ? .start : nil
                    case .success: .complete
                    case .failed: .fail
                    case .cancelled: .abort
                    case .queued: nil
                    }
                guard let event, from != run.state else { return nil }
                return LineageNote(
                    at: (event == .start ? run.startDate : run.endDate) ?? at, run: run.number, instance: nil,
                    tryNumber: 0, event: event)
            case .attemptCreated(let attempt):
                return LineageNote(
                    at: attempt.createdAt, run: attempt.instance.run, instance: attempt.instance,
                    tryNumber: attempt.tryNumber, event: .start)
            case .attemptChanged(let from, let attempt):
                guard attempt.state.isFinished, !from.isFinished else { return nil }
                let event: LineageNote.Event =
                    switch attempt.state {
                    case .succeeded, .skipped: .complete
                    case .cancelled: .abort
                    default: .fail
                    }
                return LineageNote(
                    at: attempt.endDate ?? at, run: attempt.instance.run, instance: attempt.instance,
                    tryNumber: attempt.tryNumber, event: event)
            default: return nil
            }
        }
    }
}
