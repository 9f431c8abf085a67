import DAGDomain
import JSONText
import StateStore

extension StateStore {
    /// The asset events that started a run, by URI, each list in the order of the events; empty for other runs.
    /// Looked for when called.
    func triggeringEvents(of run: DAGRun) -> @Sendable () throws(TemplateRendering.Failure) -> JSONObject {
        { () throws(TemplateRendering.Failure) in
            guard run.type == .assetTriggered else { return JSONObject() }
            do throws(StateStoreError) {
                let rows = try self.assetEvents(of: run.number)
                let byAsset = Dictionary(grouping: rows, by: \.event.asset)
                return JSONObject(
                    byAsset.keys.sorted().map { ($0.text, .array((byAsset[$0] ?? []).map(\.json))) })
            } catch {
                throw TemplateRendering.Failure(text: error.sentence, isMachineFault: true)
            }
        }
    }
}

extension AssetEventRow {
    /// As tasks see it; the names are those of Airflow's API.
    var json: JSONValue {
        var json: JSONObject = [
            "id": .integer(event.id.value), "uri": .string(event.asset.text), "name": .string(name),
            "timestamp": .string(event.timestamp.rfc3339), "extra": .object(event.extra),
            "source_dag_id": .null, "source_run_id": .null, "source_task_id": .null, "source_map_index": -1,
        ]
        switch event.source {
        case .task(let dagID, let runID, let taskID, let mapIndex):
            json["source_dag_id"] = .string(dagID.text)
            json["source_run_id"] = .string(runID.text)
            json["source_task_id"] = .string(taskID.text)
            json["source_map_index"] = .integer(Int64(mapIndex))
        case .outside(let text): json["source"] = .string(text)
        }
        return .object(json)
    }
}
