import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit

/// What tests of mapping, waiting and control flow need besides.
extension MachineHarness {
    func states(_ task: String, _ run: Int64 = 1) -> [TaskInstanceState] {
        let place = key(task, run)
        return instances.values.filter { $0.key.run == place.run && $0.key.task == place.task }
            .sorted { $0.key < $1.key }.map(\.state)
    }

    func mapped(_ task: String, _ index: Int, _ run: Int64 = 1) -> TaskInstance? {
        instances[TaskInstanceKey(run: RunNumber(run), task: key(task, run).task, mapIndex: index)]
    }

    /// Ends the live attempt of a task, or of one of its mapped instances.
    mutating func end(
        _ task: String, _ index: Int = -1, run: Int64 = 1, as outcome: AttemptOutcome = .exited(0),
        outputs: [String: JSONValue] = [:]
    ) {
        guard let attempt = mapped(task, index, run)?.attempt else { return }
        send(.attemptStarted(attempt, processID: 100, at: now))
        send(
            .attemptFinished(
                AttemptReport(
                    attempt: attempt, outcome: outcome, startDate: now, endDate: now,
                    outputs: outputs.map { TaskOutput(name: $0.key, value: $0.value) })))
    }
}

extension TaskMapping {
    static func list(_ name: String, _ values: JSONValue...) -> TaskMapping {
        TaskMapping(.product([Axis(name: name, values: .literal(values))]))
    }
}

/// Builds DAGs by a line for each task.
func dag(
    _ tasks: (String, upstream: [String], edit: (inout TaskDefinition) -> Void)..., groups: [TaskGroup] = [],
    settings: DAGSettings = DAGSettings()
) throws -> DAG {
    let definitions = tasks.map { name, upstream, edit in
        var task = TaskDefinition(
            id: TaskID(name), action: .shell("true"), dependsOn: upstream.map { TaskID($0) })
        edit(&task)
        return task
    }
    return try DAG(
        id: DAGID("d"), version: DAGVersionHash("1"), path: "/dags/d.json", folder: "/dags",
        settings: settings,
        tasks: definitions, groups: groups)
}
