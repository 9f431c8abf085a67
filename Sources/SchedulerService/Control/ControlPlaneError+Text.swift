import DAGDomain
import DAGLoading

extension ControlPlaneError {
    /// What is wrong, as one sentence for a person.
    package var sentence: String {
        switch self {
        case .unknownDAG(let dagID): "there is no DAG `\(dagID)`"
        case .brokenDAG(let dagID, let diagnostics):
            "the file of DAG `\(dagID)` has \(diagnostics.count == 1 ? "an error" : "\(diagnostics.count) errors"): "
                + diagnostics.map(\.description).joined(separator: "; ")
        case .unknownRun(let dagID, let runID): "DAG `\(dagID)` has no run `\(runID)`"
        case .unknownTask(let dagID, let taskID): "DAG `\(dagID)` has no task `\(taskID)`"
        case .unknownAttempt(let dagID, let runID, let taskID, let tryNumber):
            "task `\(taskID)` of run `\(runID)` of `\(dagID)` has no try \(tryNumber)"
        case .unknownPool(let name): "there is no pool `\(name)`"
        case .unknownBackfill(let id): "there is no backfill \(id.value)"
        case .unknownNotice(let id): "there is no notice \(id)"
        case .unknownAsset(let name, let nearest):
            "there is no asset `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
        case .unknownModel(let name, let nearest):
            "there is no model `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
        case .unknownArtifact(let sentence): sentence
        case .unknownModelVersion(let key): "model `\(key.model)` has no version \(key.version)"
        case .unknownAlias(let name, let alias): "model `\(name)` has no alias `\(alias)`"
        case .invalidParameters(let problems): problems.joined(separator: "; ")
        case .invalidRequest(let text), .conflict(let text), .unavailable(let text),
            .badConfiguration(let text):
            text
        }
    }
}
