import DAGDomain
import SchedulerCore
import StateStore

extension ControlPlane {
    /// What a task has done to the registry, for `why`; empty for a task without a model.
    func modelSentences(
        of task: TaskDefinition, _ key: TaskInstanceKey, _ run: DAGRun
    ) throws(ControlPlaneError) -> String {
        guard let model = task.model?.name else { return "" }
        let origin = ModelOrigin(
            dagID: run.dagID, runID: run.runID, taskID: task.id, mapIndex: key.mapIndex)
        let (verdict, versions, changes) = try reading { () throws(StateStoreError) in
            (
                try store.verdict(of: key), try store.modelVersions(madeBy: origin),
                try store.aliasChanges(of: model).filter { $0.origin == origin }
            )
        }
        var sentences: [String] = []
        if let verdict, verdict.passed {
            sentences.append("Its gate held: \(verdict.lines.map(\.sentence).joined(separator: ", ")).")
        }
        sentences += versions.map { "It made \($0)." }
        sentences += changes.reversed().map { change in
            let words = { (version: ModelVersionNumber?) in version.map { "version \($0)" } ?? "nowhere" }
            return
                "It moved the alias \(change.alias) of \(model) from \(words(change.from)) to \(words(change.to))."
        }
        return sentences.map { " " + $0 }.joined()
    }
}
