import DAGDomain

/// Trigger rules once more, from Airflow's documentation and by looking at all states at once.
package enum RuleOracle {
    /// An upstream state as an edge with a condition shows it.
    package static func seen(
        _ state: TaskInstanceState, through condition: EdgeCondition?
    ) -> TaskInstanceState {
        let hasFailed = [.failed, .upstreamFailed, .cancelled].contains(state)
        switch (condition, state) {
        case (nil, _), (.success?, _), (_, .removed): return state
        case (_, _) where !state.isFinished: return state
        case (.done?, _): return .success
        case (.failure?, _): return hasFailed ? .success : .skipped
        case (.skipped?, let state): return state == .skipped ? .success : .skipped
        }
    }

    package static func allows(_ rule: TriggerRule, _ states: [TaskInstanceState]) -> Bool {
        guard !states.isEmpty else { return true }
        let allDone = states.allSatisfy(\.isFinished)
        func failed(_ state: TaskInstanceState) -> Bool {
            state == .failed || state == .upstreamFailed || state == .cancelled
        }
        switch rule {
        case .allSuccess: return states.allSatisfy { $0 == .success }
        case .allFailed: return states.allSatisfy(failed)
        case .allDone: return allDone
        case .allDoneMinOneSuccess:
            return allDone && !states.contains(.skipped) && states.contains(.success)
        case .oneSuccess: return states.contains(.success)
        case .oneFailed: return states.contains(where: failed)
        case .oneDone: return states.contains { $0 == .success || $0 == .failed || $0 == .cancelled }
        case .noneFailed: return states.allSatisfy { $0 == .success || $0 == .skipped }
        case .noneFailedMinOneSuccess:
            return states.allSatisfy { $0 == .success || $0 == .skipped } && states.contains(.success)
        case .noneSkipped: return allDone && !states.contains(.skipped)
        case .allSkipped: return states.allSatisfy { $0 == .skipped }
        case .always: return true
        }
    }
}
