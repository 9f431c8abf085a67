import DAGDomain
import SchedulerCore
import StateStore

extension ControlPlane {
    /// What a task has done to the registry, for `why`; empty for a task without a model.
    ///
    /// - Parameter sentence: what is said already.
    func modelSentences(
        of task: TaskDefinition, _ key: TaskInstanceKey, _ run: DAGRun, after sentence: String
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
        if task.deploy != nil, let deployment = try deployment(origin),
            !sentence.contains(deployment.detail) || deployment.detail.isEmpty
        {
            sentences.append(deployment.sentence)
        }
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

    /// The newest try of a task.
    private func deployment(_ origin: ModelOrigin) throws(ControlPlaneError) -> Deployment? {
        try reading { () throws(StateStoreError) in
            try store.deployments(.run(origin.dagID, origin.runID)).rows.first { $0.origin == origin }
        }
    }
}

extension Deployment {
    /// For `why`.
    fileprivate var sentence: String {
        let what = "\(key) (\(strategy.rawValue))"
        return switch state {
        case .running: "It is bringing \(what) into service."
        case .healthy: "It brought \(what) into service: \(detail)."
        case .replaced: "It brought \(what) into service, which was replaced since: \(detail)."
        case .failed: "It did not bring \(what) into service: \(detail)."
        case .rolledBack:
            "It did not bring \(what) into service, and what was there before is back: \(detail)."
        }
    }
}
