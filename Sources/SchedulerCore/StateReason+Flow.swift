import DAGDomain

extension StateReason {
    /// The noun phrases of the reasons that come from control flow and waiting.
    var flowNoun: String {
        switch self {
        case .skippedBy(_, .branch): "a branch upstream did not choose it"
        case .skippedBy(_, .shortCircuit): "a short circuit upstream ended this way"
        case .skippedBy(_, .latestOnly): "its run is not the latest one (latest_only)"
        case .skippedBy(_, .rejected): "an approval upstream was refused"
        case .conditionFalse(let text): "its condition is false: \(text)"
        case .badExpression(let text): text
        case .emptyExpansion: "there was nothing to expand over"
        case .dependsOnPast(let run):
            "it waits for the same task in the run before, `\(run)` (depends_on_past)"
        case .setup(_, let state): "a setup it relies on is \(state.rawValue)"
        case .failFast(let index): "instance \(index) of the task failed (fail_fast)"
        case .stoppedEarly(let text): "it was stopped early: \(text)"
        case .waits(let wait): wait.noun
        case .waitTimeout(let limit): "it waited longer than its timeout of \(limit.inSeconds) s"
        case .waitEnded(let text): text
        case .cached(let run, let number): "run \(run), try \(number), had done the same"
        case .nothingToDo(let text): text
        default: preconditionFailure("\(self) is told elsewhere")
        }
    }
}

extension WaitText {
    /// What is waited for, as a noun phrase.
    package var noun: String {
        switch self {
        case .instant: "an instant"
        case .file: "a file"
        case .externalRun: "a run of another DAG"
        case .approval: "the decision of a person"
        case .poke: "its condition, which is looked at again and again"
        case .childRun(let dagID, let runID): "run `\(runID)` of DAG `\(dagID)`"
        }
    }
}
