import DAGDomain
import JSONText
import LifecycleCore
import StateStore

/// What the process that makes data checks and comparisons has to know besides the task's own words.
extension AttemptPreparation {
    /// How many rows the checked files had in the last successful run, by the name of the check.
    func previousRows(of context: AttemptContext) throws(Failure) -> JSONObject {
        let checks = context.task.checks.filter { $0.rules.contains { $0.maximumRowChange != nil } }
        guard !checks.isEmpty else { return JSONObject() }
        var rows = JSONObject()
        do {
            let metrics = try store.metricsOfLastSuccess(
                of: context.task.id, in: context.dag.id, mapIndex: context.key.mapIndex,
                before: context.run.number)
            for check in checks {
                guard let value = metrics[check.metricNames.rows] else { continue }
                rows[check.name] = JSONValue(value)
            }
            return rows
        } catch {
            throw Failure(text: "the last run's rows cannot be read: \(error)", isMachineFault: true)
        }
    }

    /// The comparison of a monitoring task; null for others.
    func driftSpecification(
        of context: AttemptContext, _ model: ModelVersionRow?, _ rendering: TemplateRendering
    ) throws(Failure) -> JSONValue? {
        guard let drift = context.task.drift else { return nil }
        let preparation = DriftPreparation(store: store, artifacts: artifacts)
        return .object(
            try preparation.specification(drift, context, model) { (text: TemplateText) throws(Failure) in
                try Self.rendered { () throws(TemplateRendering.Failure) in try rendering.text(text) }
            })
    }
}
