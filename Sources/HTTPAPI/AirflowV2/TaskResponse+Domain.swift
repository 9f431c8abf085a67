import APITypes
import DAGDomain
import JSONText

extension AirflowV2.TaskResponse {
    init(_ task: TaskDefinition, at index: Int, in dag: DAG, isMapped: Bool) {
        self.init(
            classRef: ["class_name": .string(task.role.rawValue), "module_path": "orchestrator"],
            dependsOnPast: task.flow.dependsOnPast || task.flow.waitsForDownstream,
            docMD: task.description.isEmpty ? nil : task.description,
            downstreamTaskIDs: dag.graph.downstream[index].map { dag.tasks[$0].id.text },
            executionTimeout: task.executionTimeout.map { AirflowV2.TimeDelta($0) },
            isMapped: isMapped,
            operatorName: task.role.rawValue, owner: dag.settings.owner, params: JSONObject(),
            pool: task.pool.text, poolSlots: Double(task.poolSlots),
            priorityWeight: Double(task.priorityWeight), queue: "default",
            retries: Double(task.retry.retries), retryDelay: AirflowV2.TimeDelta(task.retry.delay),
            retryExponentialBackoff: task.retry.backoffFactor ?? 0,
            startDate: dag.settings.startDate?.rfc3339, taskDisplayName: task.id.text, taskID: task.id.text,
            templateFields: [], triggerRule: task.triggerRule.rawValue, uiColor: "#fff", uiFgcolor: "#000",
            waitForDownstream: task.flow.waitsForDownstream, weightRule: task.weightRule.rawValue)
    }
}

extension AirflowV2.TimeDelta {
    init(_ duration: Duration) {
        let total = max(0, duration.microseconds)
        let secondsOfDay = total / 1_000_000 % 86_400
        self.init(
            days: Int(total / 86_400_000_000), seconds: Int(secondsOfDay),
            microseconds: Int(total % 1_000_000))
    }
}
