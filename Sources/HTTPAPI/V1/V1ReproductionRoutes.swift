import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import LifecycleCore
import SchedulerService

/// Doing again what made a version of a model.
struct V1ReproductionRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.post("models/:model/versions/:reference/reproduce", use: reproduce)
        api.get("dags/:dag_id/runs/:dag_run_id/reproduction", use: compare)
    }

    @Sendable private func reproduce(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Run> {
        let name = try context.modelName()
        guard let reference = ModelReference(try context.text("reference")) else {
            throw APIError.badRequest("a version is a number, an alias or `latest`")
        }
        let run = try await backend.controlPlane.reproduce(
            name, reference, trigger: context.runTrigger, by: context.actor)
        return Answer(V1.Run(run), status: .created)
    }

    @Sendable private func compare(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONObject> {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let text = try QueryItems(request)["tolerance"]
        guard let tolerance = text.map(Double.init) ?? ReproductionReport.defaultTolerance, tolerance >= 0,
            tolerance.isFinite
        else { throw APIError.badRequest("tolerance must be a number of at least 0") }
        let found = try await backend.reading {
            try $0.controlPlane.reproduction(dagID: dagID, runID: runID, tolerance: tolerance)
        }
        return Answer(Self.json(found, tolerance))
    }

    private static func json(_ found: Reproduction, _ tolerance: Double) -> JSONObject {
        [
            "model": .string(found.key.model.text), "version": .integer(Int64(found.key.version.value)),
            "dag_id": .string(found.run.dagID.text), "run_id": .string(found.run.runID.text),
            "state": .string(found.run.state.rawValue), "reproduced": .bool(found.isReproduced),
            "tolerance": JSONValue(metric: tolerance),
            "metrics": .array(
                found.report.lines.map { line in
                    [
                        "name": .string(line.name), "recorded": JSONValue(metric: line.recorded),
                        "reproduced": line.reproduced.map { JSONValue(metric: $0) } ?? .null,
                        "difference": line.difference.map { JSONValue(metric: $0) } ?? .null,
                        "within": .bool(line.isWithin),
                    ]
                }),
            "failed": .array(found.failed.map { .string($0.text) }),
            "differences": .array(found.differences.map(JSONValue.string)),
        ]
    }
}
