import DAGDomain
import DAGLoading
import SchedulerService
import StateStore

extension APIError {
    init(_ error: ControlPlaneError) {
        self =
            switch error {
            case .unknownDAG(let dag): .unknown(.dag, "The DAG with ID: `\(dag)` was not found")
            case .brokenDAG(let dag, let errors):
                .brokenDAG(
                    (["The file of DAG `\(dag)` is broken"] + errors.map(\.description))
                        .joined(separator: "\n"))
            case .unknownRun(let dag, let run):
                .unknown(.run, "The DagRun with dag_id: `\(dag)` and run_id: `\(run)` was not found")
            case .unknownTask(let dag, let task):
                .unknown(.task, "The task `\(task)` was not found in DAG `\(dag)`")
            case .unknownAttempt(let dag, let run, let task, let tryNumber):
                .unknown(
                    .attempt,
                    "Try \(tryNumber) of task `\(task)` in run `\(run)` of DAG `\(dag)` was not found")
            case .unknownPool(let pool): .unknown(.pool, "The Pool with name: `\(pool)` was not found")
            case .unknownBackfill(let id):
                .unknown(.backfill, "The Backfill with id: `\(id.value)` was not found")
            case .unknownNotice(let id): .unknown(.notice, "The notice with id: `\(id)` was not found")
            case .unknownAsset: .unknown(.asset, error.sentence)
            case .unknownArtifact(let sentence): .unknown(.artifact, sentence)
            case .unknownModel, .unknownModelVersion, .unknownAlias: .unknown(.model, error.sentence)
            case .invalidParameters(let problems): .invalidParameters(problems)
            case .invalidRequest(let text): .badRequest(text)
            case .conflict(let text): .conflict(text)
            case .unavailable(let text): .unavailable(text)
            case .badConfiguration(let text): .badConfiguration(text)
            }
    }
}
