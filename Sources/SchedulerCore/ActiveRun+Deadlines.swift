import DAGDomain
import JSONText

/// A deadline of a DAG or of one of its tasks.
struct PlannedDeadline: Sendable {
    /// The task's index; `DeadlineRecord.run` is the run.
    let task: Int
    let position: Int
    let deadline: Deadline
}

/// Deadlines: when they are due, and whether they were met.
///
/// All of it follows from the rows and from what the run has on record, so that a restarted machine judges as the one
/// that lived would have. Each is judged once, at its instant; when the run ends, they are closed for good: a run that
/// comes back after a clear has none.
extension ActiveRun {
    /// When a deadline is due, if it is still to be judged; nil when it is not, or nobody knows yet.
    func openDeadline(_ index: Int) -> Timestamp? {
        guard !run.deadlinesAreClosed, !run.state.isFinished else { return nil }
        let planned = plan.deadlines[index]
        let record = record(of: planned)
        guard record == nil || record?.outcome == .open, let due = due(planned, record) else { return nil }
        // A run for a date that has long passed (a backfill) is not late.
        guard due >= run.queuedAt else { return nil }
        // What counts from a start begins anew with the next one, so it needs no record when it was met.
        if planned.deadline.reference == .taskStart, isMet(planned, by: due) { return nil }
        return due
    }

    private func record(of planned: PlannedDeadline) -> DeadlineRecord? {
        run.deadlines.first { $0.task == planned.task && $0.position == planned.position }
    }

    private func due(_ planned: PlannedDeadline, _ record: DeadlineRecord?) -> Timestamp? {
        let reference: Timestamp?
        switch planned.deadline.reference {
        case .queuedAt: reference = run.queuedAt
        case .startDate: reference = run.state == .running ? run.startDate : nil
        case .logicalDate: reference = run.logicalDate
        case .dataIntervalEnd: reference = run.dataIntervalEnd
        case .taskStart: reference = rows(ofTask: planned.task).compactMap { instances[$0].startDate }.min()
        }
        guard let reference else { return nil }
        switch planned.deadline.limit {
        case .after(let duration): return reference + duration
        case .timeOfDay(let seconds): return plan.timeOfDay(seconds, notBefore: reference)
        case .averageRuntime: return record?.limit.map { reference + $0 }
        }
    }

    private func isMet(_ planned: PlannedDeadline, by due: Timestamp) -> Bool {
        guard let instant = achieved(planned.deadline.goal, planned.task) else { return false }
        return instant <= due
    }

    /// When a run or task has started or ended, if it has.
    private func achieved(_ goal: Deadline.Goal, _ task: Int) -> Timestamp? {
        guard task >= 0 else {
            return goal == .started && run.state == .running ? run.startDate : nil
        }
        let rows = rows(ofTask: task)
        let isWhole = mapped[task]?.isComplete ?? true
        let isOver = isWhole && rows.allSatisfy { instances[$0].state.isFinished }
        let end = isOver ? rows.compactMap { instances[$0].endDate }.max() ?? run.queuedAt : nil
        guard goal == .started else { return end }
        // A retry forgets when the try before it began.
        if rows.contains(where: { instances[$0].triesSinceClear > 1 }) { return run.queuedAt }
        return rows.compactMap { instances[$0].startDate }.min() ?? end
    }

    /// Judges all deadlines that are due, and tells of those that were missed.
    mutating func judgeDeadlines(_ step: inout SchedulerStep) {
        let now = step.now
        var records: [DeadlineRecord] = []
        for index in plan.deadlines.indices {
            guard let due = openDeadline(index), due <= now else { continue }
            let planned = plan.deadlines[index]
            let isMissed = !isMet(planned, by: due)
            let limit = record(of: planned)?.limit
            records.append(
                DeadlineRecord(
                    task: planned.task, position: planned.position, outcome: isMissed ? .missed : .met,
                    due: due,
                    limit: limit))
            if isMissed { tell(planned, due: due, limit: limit, &step) }
        }
        keep(records, &step)
    }

    private func tell(
        _ planned: PlannedDeadline, due: Timestamp, limit: Duration?, _ step: inout SchedulerStep
    ) {
        let task = planned.task >= 0 ? plan.dag.tasks[planned.task].id : nil
        let who = task.map { "`\($0)`" } ?? "the run"
        let sentence = NoticeFacts.sentence(planned.deadline, due: due, limit: limit)
        step.decision.transitions.append(
            .noted(
                dagID: run.dagID, runID: run.runID, event: "deadline_missed", text: "\(who) \(sentence)",
                at: step.now))
        let occasion = NoticeOccasion.deadline(planned.position)
        let key = planned.task >= 0 ? TaskInstanceKey(run: number, task: planned.task) : nil
        let now = step.now
        raise(planned.deadline.actions, occasion, instance: key, &step) {
            NoticeFacts(run, occasion, at: now)
                .ofDeadline(planned.deadline, due: due, limit: limit, task: task)
        }
    }

    /// Before the run ends: what is due is judged, and the rest is no longer awaited.
    mutating func closeDeadlines(_ step: inout SchedulerStep) {
        guard !plan.deadlines.isEmpty, !run.deadlinesAreClosed else { return }
        judgeDeadlines(&step)
        run.deadlines.removeAll { $0.outcome == .open }
        run.deadlinesAreClosed = true
    }

    private mutating func keep(_ records: [DeadlineRecord], _ step: inout SchedulerStep) {
        guard !records.isEmpty else { return }
        let isNew = Set(records.map { [$0.task, $0.position] })
        run.deadlines.removeAll { isNew.contains([$0.task, $0.position]) }
        run.deadlines += records
        run.deadlines.sort { ($0.task, $0.position) < ($1.task, $1.position) }
        step.decision.transitions.append(.runChanged(from: run.state, to: run))
    }

    // MARK: Averages

    /// What must be asked of the history; empty when nothing must, or it has been answered.
    var runtimeQuestions: [RuntimeQuestion] {
        guard plan.needsAverages, run.state == .running, !run.deadlinesAreClosed else { return [] }
        var questions: [RuntimeQuestion] = []
        for planned in plan.deadlines where record(of: planned) == nil {
            guard case .averageRuntime(_, let runs, _) = planned.deadline.limit else { continue }
            let question = RuntimeQuestion(
                task: planned.task, taskID: planned.task >= 0 ? plan.dag.tasks[planned.task].id : nil,
                runs: runs)
            if !questions.contains(question) { questions.append(question) }
        }
        return questions
    }

    /// Takes in the history's answers; what was answered before stays.
    mutating func learn(_ averages: [AverageRuntime], _ step: inout SchedulerStep) {
        guard !run.state.isFinished, !run.deadlinesAreClosed else { return }
        var records: [DeadlineRecord] = []
        for planned in plan.deadlines where record(of: planned) == nil {
            guard case .averageRuntime(let factor, let runs, let minimum) = planned.deadline.limit,
                let answer = averages.first(where: {
                    $0.question.task == planned.task && $0.question.runs == runs
                })
            else { continue }
            let isKnown = answer.samples >= minimum
            records.append(
                DeadlineRecord(
                    task: planned.task, position: planned.position, outcome: isKnown ? .open : .ignored,
                    limit: isKnown ? answer.average.times(factor) : nil))
        }
        keep(records, &step)
    }
}

extension Duration {
    /// In whole microseconds, as it is kept; at most some decades.
    fileprivate func times(_ factor: Double) -> Duration {
        .microseconds(Int64(min((Double(microseconds) * factor).rounded(), 1e15)))
    }
}

extension RunPlan {
    static func deadlines(of dag: DAG) -> [PlannedDeadline] {
        func planned(_ deadlines: [Deadline], _ task: Int) -> [PlannedDeadline] {
            deadlines.enumerated().map { PlannedDeadline(task: task, position: $0, deadline: $1) }
        }
        return planned(dag.settings.deadlines, DeadlineRecord.run)
            + dag.tasks.enumerated().flatMap { planned($1.deadlines, $0) }
    }

    /// The first time of the day in the DAG's zone that is not before an instant.
    func timeOfDay(_ seconds: Int, notBefore instant: Timestamp) -> Timestamp {
        let today = timeOfDay(seconds, onDayOf: instant)
        if today >= instant { return today }
        // Two days may differ by an hour: noon of the next one is never far from 24 hours later.
        return timeOfDay(seconds, onDayOf: today + .seconds(86_400))
    }
}
