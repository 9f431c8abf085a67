import DAGDomain
import JSONText

/// Deadlines of DAGs and tasks.
extension TaskReader {
    mutating func readDeadlines(
        _ fields: Fields, inherited: [Deadline] = [], ofRuns: Bool = false
    ) -> [Deadline] {
        guard let node = fields["deadline"] else { return inherited }
        return (node.elements ?? [node]).compactMap { readDeadline($0, ofRuns: ofRuns) }
    }

    private mutating func readDeadline(_ node: JSONNode, ofRuns: Bool) -> Deadline? {
        guard node.members != nil else { return nil }
        let fields = Fields(node, .deadline)
        let given = RoleKeys.deadlineKinds.compactMap { fields.member($0) }
        for other in given.dropFirst() {
            diagnostics.error(
                "a deadline is one of \(RoleKeys.deadlineChoices); a list has several", at: other.keyPosition)
        }
        let actions = fields["notify"].map { readActions($0, ofRuns: ofRuns) } ?? []
        if given.first?.key == "average_runtime" {
            return readAverage(fields, ofRuns: ofRuns, actions: actions)
        }
        for key in ["runs", "min_runs"] {
            guard let member = fields.member(key) else { continue }
            diagnostics.error("\"\(key)\" needs \"average_runtime\"", at: member.keyPosition)
        }
        let reference = readReference(fields, ofRuns: ofRuns)
        guard let kind = given.first, let goal = Deadline.Goal(rawValue: kind.key) else { return nil }
        if goal == .started, reference == .taskStart, let member = fields.member("reference") {
            diagnostics.error("a start cannot count from itself", at: member.node.position)
        }
        let limit: Deadline.Limit
        if kind.node.members != nil {
            guard
                let seconds = Fields(kind.node, .deadlineTime).string("time")
                    .flatMap(TextRule.secondsSinceMidnight)
            else { return nil }
            limit = .timeOfDay(seconds: seconds)
        } else {
            guard let duration = try? Duration(kind.node) else { return nil }
            limit = .after(duration)
        }
        return Deadline(goal, from: reference, limit, actions: actions)
    }

    private mutating func readReference(_ fields: Fields, ofRuns: Bool) -> Deadline.Reference {
        let reference: Deadline.Reference? = fields.choice("reference")
        if ofRuns, reference == .taskStart, let node = fields["reference"] {
            diagnostics.error("\"task_start\" is for the deadlines of tasks", at: node.position)
        }
        return reference ?? (ofRuns ? .queuedAt : .startDate)
    }

    private mutating func readAverage(
        _ fields: Fields, ofRuns: Bool, actions: [NoticeAction]
    ) -> Deadline? {
        if let member = fields.member("reference") {
            diagnostics.error(
                "\"average_runtime\" counts from the start, without a \"reference\"", at: member.keyPosition)
        }
        guard let node = fields["average_runtime"], let factor = node.value.doubleValue else { return nil }
        if !(factor > 0 && factor <= 1_000_000) {
            diagnostics.error(
                "\"average_runtime\" must be more than 0 and at most 1000000, found \(node.value.text())",
                at: node.position)
        }
        let runs = fields.integer("runs") ?? 10
        let minimum = fields.integer("min_runs") ?? min(3, runs)
        if minimum > runs, let node = fields["min_runs"] ?? fields["runs"] {
            diagnostics.error(
                "\"min_runs\" cannot be more than \"runs\", which is \(runs)", at: node.position)
        }
        return Deadline(
            .finished, from: ofRuns ? .startDate : .taskStart,
            .averageRuntime(factor: factor, runs: runs, minimum: minimum), actions: actions)
    }
}
