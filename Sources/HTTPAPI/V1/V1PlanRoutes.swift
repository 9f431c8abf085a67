import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService

/// `/api/v1/plan`: the forecast.
struct V1PlanRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("plan", use: plan)
    }

    /// What runs within `days`; `dag_id` (repeatable) chooses what is shown, everything is taken into account.
    @Sendable private func plan(_ request: Request, _ context: APIContext) async throws -> Answer<V1.Plan> {
        let query = try QueryItems(request)
        let days = try query.int("days", in: 0...3660) ?? 1
        let chosen = try Set(
            query.all("dag_id").map { text in
                guard DAGID(text).isValidName else {
                    throw APIError.badRequest("that is not the form of a DAG id")
                }
                return DAGID(text)
            })
        for id in chosen {
            guard backend.controlPlane.catalog.entry(id) != nil else {
                throw ControlPlaneError.unknownDAG(id)
            }
        }
        return Answer(V1.Plan(try await backend.controlPlane.forecast(days: days), of: chosen))
    }
}

extension V1.Plan {
    fileprivate init(_ planned: PlannedRuns, of chosen: Set<DAGID>) {
        let runs = planned.runs.filter { chosen.isEmpty || chosen.contains($0.run.dagID) }
        var totals: [String: Double] = [:]
        for wait in runs.flatMap(\.waits) { totals[wait.cause, default: 0] += wait.duration.inSeconds }
        self.init(
            items: runs.map { V1.PlannedRun($0) }, from: planned.from.rfc3339, until: planned.until.rfc3339,
            cutAt: planned.cutAt?.rfc3339, assumedDuration: planned.assumed.inSeconds,
            waits: totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { V1.PlannedWait(cause: $0.key, seconds: $0.value) })
    }
}

extension V1.PlannedRun {
    fileprivate init(_ planned: PlannedRuns.Run) {
        let run = planned.run
        self.init(
            dagID: run.dagID.text, runID: run.runID.text, runType: run.type.rawValue,
            logicalDate: run.logicalDate?.rfc3339, dataIntervalStart: run.dataIntervalStart?.rfc3339,
            dataIntervalEnd: run.dataIntervalEnd?.rfc3339, runAfter: run.runAfter.rfc3339,
            localTime: planned.localTime, daylightSaving: planned.daylightSavingMark,
            startDate: run.startDate?.rfc3339, endDate: run.endDate?.rfc3339, duration: run.duration,
            basis: planned.basis, waited: planned.waits.reduce(0) { $0 + $1.duration.inSeconds },
            waits: planned.waits.map { V1.PlannedWait(cause: $0.cause, seconds: $0.duration.inSeconds) },
            standstills: planned.standstills.map { V1.Span(start: $0.start.rfc3339, end: $0.end.rfc3339) },
            missedDeadlines: planned.missedDeadlines)
    }
}
