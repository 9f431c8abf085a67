import DAGDomain
import JSONText
import StateStore

/// A DAG of tasks in a chain, and the values that runs of it are made of.
struct Fixture {
    let dag: DAG
    var source: [UInt8] { Array("text of \(dag.id) \(dag.version)".utf8) }

    init(id: String = "churn", version: String = "aaaa", tasks: Int = 3) throws {
        let definitions = (0..<tasks).map { index in
            TaskDefinition(
                id: TaskID("task_\(index)"), dependsOn: index > 0 ? [TaskID("task_\(index - 1)")] : [],
                poolSlots: index + 1)
        }
        dag = try DAG(
            id: DAGID(id), version: DAGVersionHash(version), path: "/dags/\(id).json", folder: "/dags",
            settings: DAGSettings(description: "A test", owner: "ana", tags: ["ml", "demo"]),
            tasks: definitions)
    }

    func status(paused: Bool = false) -> DAGStatus {
        DAGStatus(
            dagID: dag.id, version: dag.version, isPaused: paused, isActive: true, watermark: .at(5),
            scheduleFingerprint: "daily")
    }

    func run(
        _ number: Int64, runID: String? = nil, logicalDate: Timestamp? = nil, state: DAGRunState = .running,
        parameters: JSONObject = JSONObject()
    ) -> DAGRun {
        DAGRun(
            number: RunNumber(number), dagID: dag.id, runID: RunID(runID ?? "manual__\(number)"),
            version: dag.version, type: .manual, trigger: .commandLine, logicalDate: logicalDate,
            dataIntervalStart: nil, dataIntervalEnd: nil, runAfter: .at(number), queuedAt: .at(number),
            parameters: parameters, state: state)
    }

    func instances(_ number: Int64) -> [TaskInstance] {
        dag.tasks.indices.map { index in
            TaskInstance(key: key(number, index), maximumTries: 2)
        }
    }

    func key(_ number: Int64, _ task: Int) -> TaskInstanceKey {
        TaskInstanceKey(run: RunNumber(number), task: task)
    }

    func attempt(_ number: Int64, _ task: Int, tryNumber: Int = 1, id: String? = nil) -> Attempt {
        Attempt(
            id: AttemptID(id ?? "attempt-\(number)-\(task)-\(tryNumber)"), instance: key(number, task),
            tryNumber: tryNumber, createdAt: .at(1))
    }

    /// Opens a store that knows the DAG.
    func store(_ home: TemporaryHome) throws -> StateStore {
        let store = try home.open()
        try store.recordVersion(of: dag, source: source, at: .at(0))
        return store
    }

    /// Opens a store with run 1 and its pending instances.
    func storeWithRun(_ home: TemporaryHome) throws -> StateStore {
        let store = try store(home)
        try store.commit([.dagStatusChanged(status()), .runCreated(run(1), instances(1))], at: .at(1))
        return store
    }
}
