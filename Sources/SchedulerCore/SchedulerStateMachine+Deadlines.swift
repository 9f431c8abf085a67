import DAGDomain

extension SchedulerStateMachine {
    /// Notes when the deadlines of a run are due, as far as that is known.
    mutating func armDeadlines(of number: RunNumber) {
        guard let active = runs[number], !active.plan.deadlines.isEmpty else { return }
        for index in active.plan.deadlines.indices { armDeadline(number, index) }
    }

    mutating func armDeadline(_ number: RunNumber, _ index: Int) {
        guard let due = runs[number]?.openDeadline(index) else { return }
        wakes.insert(WakeEntry(at: due, reason: .deadline(number, index)))
    }

    /// Asks the history how long runs and tasks usually take, where a deadline goes by that.
    mutating func askForAverages(of number: RunNumber, _ step: inout SchedulerStep) {
        guard let action = questionForAverages(of: number) else { return }
        step.decision.actions.append(action)
    }

    func questionForAverages(of number: RunNumber) -> SchedulerAction? {
        guard let active = runs[number] else { return nil }
        let questions = active.runtimeQuestions
        return questions.isEmpty ? nil : .findAverages(number, active.run.dagID, questions)
    }

    mutating func averagesFound(
        _ number: RunNumber, _ averages: [AverageRuntime], _ step: inout SchedulerStep
    ) {
        guard runs[number] != nil else { return }
        change(number, &step) { run, step in run.learn(averages, &step) }
        armDeadlines(of: number)
    }
}
