import DAGDomain
import JSONText

/// What a notice tells: the run, the task, how it went and why, as JSON with one sentence for people in `text`.
struct NoticeFacts {
    let run: DAGRun
    let occasion: NoticeOccasion
    let at: Timestamp
    private var object = JSONObject()

    init(_ run: DAGRun, _ occasion: NoticeOccasion, at: Timestamp) {
        self.run = run
        self.occasion = occasion
        self.at = at
        object["event"] = .string(occasion.word)
        object["at"] = .string(at.rfc3339)
        object["dag_id"] = .string(run.dagID.text)
        object["run_id"] = .string(run.runID.text)
        object["run_type"] = .string(run.type.rawValue)
        object["run_state"] = .string(run.state.rawValue)
        object["logical_date"] = Self.instant(run.logicalDate)
        object["data_interval_start"] = Self.instant(run.dataIntervalStart)
        object["data_interval_end"] = Self.instant(run.dataIntervalEnd)
    }

    /// About the run itself.
    ///
    /// - Parameter failed: tasks that have failed.
    func ofRun(failed: [(task: TaskID, reason: StateReason?)]) -> JSONObject {
        var facts = self
        facts.addTask(nil)
        facts.addTimes(start: run.startDate, end: run.endDate)
        facts.object["state"] = .string(run.state.rawValue)
        let reason = run.reasonDetail ?? run.reason.map(Self.text)
        facts.object["reason"] = reason.map(JSONValue.string) ?? .null
        facts.object["failed_tasks"] = .array(failed.prefix(Self.namedTasks).map { .string($0.task.text) })
        facts.object["failed_count"] = .integer(Int64(failed.count))
        var detail = reason
        if reason == nil, !failed.isEmpty {
            let names = failed.prefix(Self.namedTasks)
                .map { "`\($0.task)`" + ($0.reason.map { " (\($0.noun))" } ?? "") }.joined(separator: ", ")
            let rest = failed.count - Self.namedTasks
            detail = names + (rest > 0 ? " and \(rest) more" : "")
        }
        return facts.completed("DAG `\(run.dagID)`: run `\(run.runID)` \(facts.verb)", detail)
    }

    /// About a task instance.
    func ofTask(_ task: TaskID, _ instance: TaskInstance) -> JSONObject {
        var facts = self
        facts.addTask(task, instance)
        facts.addTimes(start: instance.startDate, end: instance.endDate)
        facts.object["state"] = .string(instance.state.rawValue)
        let reason = instance.reason.map(\.noun)
        facts.object["reason"] = reason.map(JSONValue.string) ?? .null
        let index = instance.key.mapIndex < 0 ? "" : "[\(instance.key.mapIndex)]"
        var text = "DAG `\(run.dagID)`, run `\(run.runID)`: task `\(task)\(index)` \(facts.verb)"
        if instance.tryNumber > 0, instance.maximumTries > 1 {
            text += " (try \(instance.tryNumber) of \(instance.maximumTries))"
        }
        return facts.completed(text, instance.state == .success || instance.state == .running ? nil : reason)
    }

    /// About a deadline that was missed.
    ///
    /// - Parameter task: nil for the run's.
    func ofDeadline(_ deadline: Deadline, due: Timestamp, limit: Duration?, task: TaskID?) -> JSONObject {
        var facts = self
        facts.addTask(task)
        facts.addTimes(start: task == nil ? run.startDate : nil, end: nil)
        var told: JSONObject = [
            "goal": .string(deadline.needsAverage ? "average_runtime" : deadline.goal.rawValue),
            "reference": .string(deadline.reference.rawValue), "due": .string(due.rfc3339),
        ]
        if let limit { told["seconds"] = JSONValue(limit.inSeconds) ?? .null }
        facts.object["deadline"] = .object(told)
        facts.object["state"] = task == nil ? .string(run.state.rawValue) : .null
        let reason = Self.sentence(deadline, due: due, limit: limit)
        facts.object["reason"] = .string(reason)
        let who = task.map { ": task `\($0)`" } ?? ""
        return facts.completed("DAG `\(run.dagID)`, run `\(run.runID)`\(who) \(reason)", nil)
    }

    /// "has not finished by ...", after the name of the task or run.
    static func sentence(_ deadline: Deadline, due: Timestamp, limit: Duration?) -> String {
        if case .averageRuntime(let factor, _, _) = deadline.limit, let limit {
            return
                "has been running for more than \(DurationText.describe(limit)), \(factor) times its average"
        }
        return "has not \(deadline.goal == .started ? "started" : "finished") by \(due.rfc3339)"
    }

    // MARK: Parts

    private static let namedTasks = 20

    private var verb: String {
        switch occasion {
        case .event(.execute): "has begun"
        case .event(.success): "succeeded"
        case .event(.failure): "failed"
        case .event(.retry): "failed and is tried again"
        case .event(.skipped): "skipped itself"
        case .deadline: "missed a deadline"
        }
    }

    private static func text(_ reason: RunReason) -> String {
        switch reason {
        case .timedOut: "its dagrun_timeout passed"
        case .deadlocked: "tasks were left that could never start"
        default: reason.rawValue
        }
    }

    private mutating func addTask(_ task: TaskID?, _ instance: TaskInstance? = nil) {
        object["task_id"] = task.map { .string($0.text) } ?? .null
        object["map_index"] = .integer(Int64(instance?.key.mapIndex ?? -1))
        object["try_number"] = .integer(Int64(instance?.tryNumber ?? 0))
        object["max_tries"] = .integer(Int64(instance?.maximumTries ?? 0))
    }

    private mutating func addTimes(start: Timestamp?, end: Timestamp?) {
        object["start_date"] = Self.instant(start)
        object["end_date"] = Self.instant(end)
        if let start, let end {
            object["duration"] = JSONValue((end - start).inSeconds) ?? .null
        } else {
            object["duration"] = .null
        }
    }

    private func completed(_ sentence: String, _ detail: String?) -> JSONObject {
        var object = object
        object["text"] = .string(sentence + (detail.map { ": \($0)" } ?? ""))
        return object
    }

    private static func instant(_ instant: Timestamp?) -> JSONValue {
        instant.map { .string($0.rfc3339) } ?? .null
    }
}
