import DAGDomain

/// A deadline of a run as people are told of it.
package struct ToldDeadline: Hashable, Sendable {
    /// Nil: the run's.
    package let task: TaskID?
    package let outcome: DeadlineRecord.Outcome
    package let due: Timestamp?
    /// "`train` has not finished by ...".
    package let text: String
}

extension DAGRun {
    /// What the run has on record of its deadlines, told with the definition it is pinned to.
    package func toldDeadlines(in dag: DAG) -> [ToldDeadline] {
        deadlines.compactMap { record in
            let isOfRun = record.task == DeadlineRecord.run
            guard isOfRun || dag.tasks.indices.contains(record.task) else { return nil }
            let list = isOfRun ? dag.settings.deadlines : dag.tasks[record.task].deadlines
            guard list.indices.contains(record.position) else { return nil }
            let deadline = list[record.position]
            let task = isOfRun ? nil : dag.tasks[record.task].id
            let due =
                record.due ?? (isOfRun ? startDate.flatMap { start in record.limit.map { start + $0 } } : nil)
            return ToldDeadline(
                task: task, outcome: record.outcome, due: due,
                text: Self.text(deadline, record, task.map { "`\($0)`" } ?? "the run"))
        }
    }

    private static func text(_ deadline: Deadline, _ record: DeadlineRecord, _ who: String) -> String {
        switch record.outcome {
        case .missed:
            guard let due = record.due else { return "\(who) missed a deadline" }
            return "\(who) \(NoticeFacts.sentence(deadline, due: due, limit: record.limit))"
        case .met:
            let verb = deadline.goal == .started ? "started" : "finished"
            return "\(who) \(verb) in time" + (record.due.map { ", by \($0.rfc3339)" } ?? "")
        case .open:
            let limit = record.limit.map { " of \(DurationText.describe($0))" } ?? ""
            return "\(who) has a deadline\(limit), by its average runtime"
        case .ignored: return "\(who) has no average runtime yet to go by"
        }
    }
}
