import DAGDomain

/// Tells a run's progress where nobody looks at a terminal: one line for each change.
struct ProgressLines {
    let now: Timestamp

    /// Every task passes through these on its way; `why` tells what one waits for.
    private static let transient: Set<String> = ["pending", "scheduled", "queued"]

    func lines(_ changes: RunProgress.Changes, in progress: RunProgress) -> [String] {
        let time = now.localTimeOfDay
        var lines: [String] = []
        let runLine = changes.runState.map { state in
            [time, progress.dagID, progress.runID, state].joined(separator: " ")
        }
        if let runLine, !progress.isFinished { lines.append(runLine) }
        lines += changes.instances.filter { !Self.transient.contains($0.state) }.map { "\(time) \(line($0))" }
        if let runLine, progress.isFinished { lines.append(runLine) }
        return lines.map(\.withoutControls)
    }

    /// `extract success 1.2s`, `train failed 3s try 3/3: exit code 1`.
    private func line(_ instance: InstanceProgress) -> String {
        let tellsTime = instance.isEnded || instance.state == "up_for_retry"
        let parts = [
            instance.name.text, instance.state, tellsTime ? instance.time(at: now) : "", instance.tries,
        ]
        let tellsWhy = ["failed", "up_for_retry", "skipped", "upstream_failed", "cancelled"].contains(
            instance.state)
        let reason = instance.reason.flatMap { tellsWhy && !$0.isEmpty ? ": " + $0 : nil } ?? ""
        return parts.filter { !$0.isEmpty }.joined(separator: " ") + reason
    }
}
