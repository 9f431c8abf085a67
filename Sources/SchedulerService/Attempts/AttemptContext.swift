import DAGDomain

/// What must be known to start an attempt and to understand what it left: its place in a run, and its files.
struct AttemptContext: Sendable {
    let attempt: AttemptID
    let key: TaskInstanceKey
    let tryNumber: Int
    let run: DAGRun
    let dag: DAG
    let files: AttemptFiles

    var task: TaskDefinition { dag.tasks[key.task] }
}

/// The files of one attempt, in the folder of its run. All but the folders appear only when first written.
package struct AttemptFiles: Hashable, Sendable {
    let runFolder: String
    let log: String
    let output: String
    let metrics: String
    let artifacts: String
    let checkpoints: String
    let parameters: String

    init(home: OrchestratorHome, attempt: AttemptID, key: TaskInstanceKey) {
        runFolder = home.folder(ofRun: key.run.value)
        let base = "\(runFolder)/\(attempt.text)"
        log = base + ".log"
        output = base + ".output"
        metrics = base + ".metrics"
        artifacts = base + ".artifacts"
        let instance = key.mapIndex < 0 ? "\(key.task)" : "\(key.task).\(key.mapIndex)"
        checkpoints = "\(runFolder)/checkpoints/\(instance)"
        parameters = runFolder + "/params.json"
    }
}
