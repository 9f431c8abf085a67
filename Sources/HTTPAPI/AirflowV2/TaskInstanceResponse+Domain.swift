import APITypes
import DAGDomain
import JSONText
import StateStore

extension AirflowV2.TaskInstanceResponse {
    /// - Parameter fields: what was filled in in the task's templates; empty before its first try.
    init(_ row: InstanceRow, version: AirflowV2.DagVersionResponse?, fields: JSONObject?) {
        let instance = row.instance
        self.init(
            dagDisplayName: row.dagID.text, dagID: row.dagID.text, dagRunID: row.runID.text,
            dagVersion: version, duration: instance.duration, endDate: instance.endDate?.rfc3339,
            id: WireUUID.taskInstance(instance.key), logicalDate: row.logicalDate?.rfc3339,
            mapIndex: instance.key.mapIndex, maxTries: max(0, instance.maximumTries - 1),
            operatorClass: row.role.rawValue, operatorName: row.role.rawValue, pool: row.pool.text,
            poolSlots: row.poolSlots, queue: "default", queuedWhen: instance.queuedAt?.rfc3339,
            renderedFields: fields ?? JSONObject(), runAfter: row.runAfter.rfc3339,
            scheduledWhen: instance.scheduledAt?.rfc3339,
            startDate: instance.startDate?.rfc3339, state: AirflowV2.TaskInstanceState(instance.state),
            taskDisplayName: row.taskID.text, taskID: row.taskID.text, tryNumber: instance.tryNumber)
    }
}

extension AirflowV2.TaskInstanceHistoryResponse {
    init(_ attempt: Attempt, of row: InstanceRow, version: AirflowV2.DagVersionResponse?) {
        self.init(
            dagDisplayName: row.dagID.text, dagID: row.dagID.text, dagRunID: row.runID.text,
            dagVersion: version, duration: attempt.duration, endDate: attempt.endDate?.rfc3339,
            mapIndex: row.instance.key.mapIndex, maxTries: max(0, row.instance.maximumTries - 1),
            operatorClass: row.role.rawValue, operatorName: row.role.rawValue,
            pid: attempt.processID.map { Int($0) }, pool: row.pool.text, poolSlots: row.poolSlots,
            queue: "default", queuedWhen: attempt.createdAt.rfc3339, startDate: attempt.startDate?.rfc3339,
            state: AirflowV2.TaskInstanceState(attempt.state), taskDisplayName: row.taskID.text,
            taskID: row.taskID.text, tryNumber: attempt.tryNumber)
    }
}
