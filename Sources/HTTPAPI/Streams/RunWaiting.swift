import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService
import ServiceLifecycle
import StateStore

/// Tells each state of a run until it has ended.
struct RunWaiting: Sendable {
    let backend: Backend
    let dagID: DAGID
    let runID: RunID
    /// The tasks whose outputs the last line holds.
    let results: [TaskID]

    func run(send: ResponseBody.Sender) async throws {
        // Before looking: what changes between the look and the wait must not be missed.
        let updates = backend.controlPlane.updates.subscribe(
            dagID: dagID, runID: runID, runsOnly: true)
        var told = try await tell(nil, send)
        guard !told.isFinished else { return }
        for await update in updates.cancelOnGracefulShutdown() {
            guard case .run(let run) = update, run.state != told else { continue }
            told = try await tell(told, send)
            if told.isFinished { return }
        }
    }

    private func tell(_ told: DAGRunState?, _ send: ResponseBody.Sender) async throws -> DAGRunState {
        let line = try await backend.reading { backend -> (state: DAGRunState, results: JSONObject?) in
            let row = try backend.run(dagID, runID)
            let isFinished = row.run.state.isFinished
            return (row.run.state, isFinished ? try outputs(of: row, backend) : nil)
        }
        let state = line.state
        guard state != told else { return state }
        try await send(
            try WireJSON.lines([
                AirflowV2.DAGRunWaitLine(state: AirflowV2.DagRunState(state), results: line.results)
            ]))
        return state
    }

    private func outputs(of row: RunRow, _ backend: Backend) throws -> JSONObject? {
        guard !results.isEmpty else { return nil }
        var values = JSONObject()
        for task in results {
            guard let instance = try backend.store.instance(of: row.run.number, task) else { continue }
            let outputs = try backend.store.outputs(of: instance.instance.key)
            values[task.text] = .object(JSONObject(outputs.map { ($0.name, $0.value) }))
        }
        return try backend.controlPlane.masker(for: row.run.number).masked(values)
    }
}
