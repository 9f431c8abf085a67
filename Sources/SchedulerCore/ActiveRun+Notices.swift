import DAGDomain
import JSONText

/// Who is told what: decided with the change, recorded with it, sent after the commit.
extension ActiveRun {
    /// Notices of the change that an instance has just gone through.
    func tell(_ row: Int, from: TaskInstanceState, _ step: inout SchedulerStep) {
        let instance = instances[row]
        // Whoever marks, clears or cancels knows of it.
        if case .byUser? = instance.reason { return }
        let now = step.now
        for event in events(of: row, from: from) {
            let occasion = NoticeOccasion.event(event)
            raise(definition(row).notices[event] ?? [], occasion, instance: instance.key, &step) {
                NoticeFacts(run, occasion, at: now).ofTask(definition(row).id, instance)
            }
        }
    }

    private func events(of row: Int, from: TaskInstanceState) -> [NoticeEvent] {
        let instance = instances[row]
        var events: [NoticeEvent] = []
        let ran = from == .queued && instance.startDate != nil && !instance.state.isActive
        let isPoke = definition(row).flow.wait?.condition == .poke
        if ran && !isPoke { events.append(.execute) }
        switch instance.state {
        // Of a sensor only the first look: later ones leave its start as it was.
        case .running where !isPoke || liveAttempts[row]?.startDate == instance.startDate:
            events.append(.execute)
        case .deferred where from == .pending: events.append(.execute)
        case .success: events.append(.success)
        case .failed: events.append(.failure)
        case .upForRetry: events.append(.retry)
        case .skipped where (from.isActive || from == .deferred) && instance.reason != .runTimeout:
            events.append(.skipped)
        default: break
        }
        return events
    }

    /// Notices of the change that the run has just gone through.
    func tellOfRun(from: DAGRunState, _ step: inout SchedulerStep) {
        let event: NoticeEvent
        switch (from, run.state) {
        case (.queued, .running): event = .execute
        case (.queued, .success), (.running, .success):
            if run.reason == .markedByUser || run.reason?.outcome != nil { return }
            event = .success
        case (.queued, .failed), (.running, .failed):
            if run.reason == .markedByUser { return }
            event = .failure
        default: return
        }
        let occasion = NoticeOccasion.event(event)
        let now = step.now
        raise(plan.dag.settings.notices[event] ?? [], occasion, instance: nil, &step) {
            NoticeFacts(run, occasion, at: now).ofRun(failed: event == .failure ? failedTasks : [])
        }
    }

    /// Each with the reason of its first failed instance.
    private var failedTasks: [(task: TaskID, reason: StateReason?)] {
        plan.dag.tasks.indices.compactMap { task in
            rows(ofTask: task).first { instances[$0].state == .failed }.map {
                (plan.dag.tasks[task].id, instances[$0].reason)
            }
        }
    }

    func raise(
        _ actions: [NoticeAction], _ occasion: NoticeOccasion, instance: TaskInstanceKey?,
        _ step: inout SchedulerStep, facts: () -> JSONObject
    ) {
        guard !actions.isEmpty else { return }
        let told = facts()
        for (position, action) in actions.enumerated() {
            step.decision.transitions.append(
                .noticeRaised(
                    RaisedNotice(
                        run: number, dagID: run.dagID, instance: instance, occasion: occasion,
                        position: position, kind: action.kind, at: step.now, facts: told)))
        }
    }
}
