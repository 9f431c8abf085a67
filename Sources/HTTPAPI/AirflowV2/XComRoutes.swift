import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `.../taskInstances/{task_id}/xcomEntries`: the outputs of a task under Airflow's name.
struct XComRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        let task = api.group("dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/xcomEntries")
        task.get("", use: list)
        task.get(":xcom_key", use: get)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.XComCollectionResponse> {
        let place = try TaskPlace(request, context)
        let query = try QueryItems(request)
        let page = try query.page()
        let key = query["xcom_key"]
        return Answer(
            try await backend.reading { backend in
                let (_, row) = try backend.instance(place)
                let outputs = try backend.store.outputs(of: row.instance.key).filter {
                    key == nil || $0.name == key
                }
                return AirflowV2.XComCollectionResponse(
                    totalEntries: outputs.count,
                    xcomEntries: outputs.dropFirst(page.offset).prefix(page.limit).map {
                        AirflowV2.XComResponse($0.name, of: row)
                    })
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.XComResponseNative> {
        let place = try TaskPlace(request, context)
        let key = try context.text("xcom_key")
        let isText = try QueryItems(request).bool("stringify") ?? false
        return Answer(
            try await backend.reading { backend in
                let (_, row) = try backend.instance(place)
                let output = try backend.store.outputs(of: row.instance.key).first { $0.name == key }
                guard let output else {
                    throw APIError.unknown(.output, "XCom entry with key: `\(key)` not found")
                }
                let shown = try backend.controlPlane.masker(for: row.instance.key.run).masked(output.value)
                let value = isText && !shown.isText ? .string(shown.text()) : shown
                return AirflowV2.XComResponseNative(AirflowV2.XComResponse(key, of: row), value: value)
            })
    }
}

extension JSONValue {
    fileprivate var isText: Bool { stringValue != nil }
}

extension AirflowV2.XComResponse {
    fileprivate init(_ key: String, of row: InstanceRow) {
        self.init(
            dagDisplayName: row.dagID.text, dagID: row.dagID.text, key: key,
            logicalDate: row.logicalDate?.rfc3339, mapIndex: row.instance.key.mapIndex,
            runAfter: row.runAfter.rfc3339, runID: row.runID.text, taskDisplayName: row.taskID.text,
            taskID: row.taskID.text, timestamp: row.updatedAt.rfc3339)
    }
}

extension AirflowV2.XComResponseNative {
    fileprivate init(_ entry: AirflowV2.XComResponse, value: JSONValue) {
        self.init(
            dagDisplayName: entry.dagDisplayName, dagID: entry.dagID, key: entry.key,
            logicalDate: entry.logicalDate, mapIndex: entry.mapIndex, runAfter: entry.runAfter,
            runID: entry.runID, taskDisplayName: entry.taskDisplayName, taskID: entry.taskID,
            timestamp: entry.timestamp, value: value)
    }
}
