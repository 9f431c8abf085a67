import JSONText

/// How an instance is called: `task`, or `task[3]` when it is mapped.
struct InstanceName: Hashable, Sendable {
    let task: String
    let mapIndex: Int

    init(task: String, mapIndex: Int) {
        self.task = task
        self.mapIndex = mapIndex
    }

    /// - Parameter instance: a task instance of the API.
    init(_ instance: JSONObject) {
        self.init(
            task: instance["task_id"]?.stringValue ?? "", mapIndex: Int(instance["map_index"]?.intValue ?? -1)
        )
    }

    var text: String { mapIndex < 0 ? task : "\(task)[\(mapIndex)]" }
}
