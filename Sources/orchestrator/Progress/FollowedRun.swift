import JSONText

/// A run as the API tells it, read for progress and for the exit status.
struct FollowedRun: Sendable {
    /// The object of `runs show --output json`.
    let object: JSONObject

    var dagID: String { object["dag_id"]?.stringValue ?? "" }
    var runID: String { object["run_id"]?.stringValue ?? "" }
    var state: String { object["state"]?.stringValue ?? "" }
    var isFinished: Bool { ["success", "failed", "cancelled"].contains(state) }

    /// The members that `run --output json` prints, in the order of the contract.
    var result: JSONObject {
        let keys = ["task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration"]
        let instances = object.instances.map { instance in
            JSONValue.object(JSONObject(keys.map { ($0, instance[$0] ?? .null) }))
        }
        return [
            "dag_id": .string(dagID), "run_id": .string(runID), "state": .string(state),
            "task_instances": .array(instances),
        ]
    }

    /// Exit 0 for a success, 1 for any other end; what happened was told by the progress.
    func endCommand() throws(CommandFailure) {
        if state != "success" { throw .silent(.failed) }
    }
}
