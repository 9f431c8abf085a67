import DAGDomain
import JSONText

/// What a person is told when a run has ended: the outcome, the numbers, and for each failure why and where
/// to look.
struct RunSummary {
    let run: FollowedRun

    /// Failures beyond this many are only counted.
    private static let failureLimit = 10

    func lines(colour: Bool) -> [String] {
        var progress = RunProgress()
        _ = progress.apply(snapshot: run.object)
        let look = StateLook(state: run.state)
        let time = progress.elapsed(at: progress.end ?? .epoch)
        let title =
            "\(look.glyph) \(run.dagID) \(run.runID) \(run.state)" + (time.isEmpty ? "" : " in \(time)")
        var lines = [look.style.applied(to: title, if: colour) + ": " + progress.countText]
        if let reason = run.object["reason"]?.stringValue { lines.append("  " + reason) }
        for instance in run.object.instances { lines += numbers(of: instance, colour: colour) }
        return lines + failures(colour: colour)
    }

    private func numbers(of instance: JSONObject, colour: Bool) -> [String] {
        let metrics = (instance["metrics"]?.arrayValue ?? []).map { metric in
            "\(metric["name"]?.stringValue ?? "")=\(Self.text(ofMetric: metric["value"]) ?? "")"
        }
        let name = InstanceName(instance).text
        var lines: [String] = []
        if !metrics.isEmpty {
            lines.append(
                "  " + TextStyle.bold.applied(to: name, if: colour) + ": " + metrics.joined(separator: " "))
        }
        for line in GateText.lines(of: instance) { lines.append("  \(name): \(line)") }
        return lines
    }

    private func failures(colour: Bool) -> [String] {
        let failed = run.object.instances.filter { $0["state"] == "failed" }
        var lines: [String] = []
        for instance in failed.prefix(Self.failureLimit) {
            let name = InstanceName(instance)
            let reason = (instance["reason"]?.stringValue ?? "no reason is recorded").withoutControls
            // Our own sentences begin with the task.
            let sentence = reason.contains("`\(name.text)`") ? reason : "\(name.text) failed: \(reason)"
            lines.append("  " + TextStyle.red.applied(to: sentence, if: colour))
            let index = name.mapIndex < 0 ? "" : " --map-index \(name.mapIndex)"
            lines.append("    orchestrator logs \(run.dagID) \(run.runID) \(name.task)\(index)")
        }
        let rest = failed.count - Self.failureLimit
        if rest > 0 { lines.append("  and \(rest) more: orchestrator tasks list \(run.dagID) \(run.runID)") }
        return lines
    }

    /// A metric's value; NaN and the infinities come as texts.
    static func text(ofMetric value: JSONValue?) -> String? {
        value?.doubleValue.map(short) ?? value?.stringValue
    }

    /// Six significant digits are enough for people; `tasks show` has all of them.
    static func short(_ value: Double) -> String {
        guard value != value.rounded() || abs(value) > 1e15 else { return "\(Int64(value))" }
        let magnitude = abs(value)
        guard magnitude >= 1e-4, magnitude < 1e6 else { return "\(value)" }
        let scale = magnitude < 1 ? 1e6 : magnitude < 1e3 ? 1e4 : 1e2
        return "\((value * scale).rounded() / scale)"
    }
}
