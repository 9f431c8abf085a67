import DAGDomain
import JSONText
import SchedulerService
import StateStore

/// Models, versions and alias changes as `/api/v1` tells them.
enum ModelJSON {
    static func model(_ row: RegisteredModelRow) -> JSONObject {
        [
            "name": .string(row.model.name.text), "description": .string(row.model.description),
            "created_at": .string(row.model.createdAt.rfc3339),
            "updated_at": .string(row.model.updatedAt.rfc3339), "tags": .object(texts(row.tags)),
            "aliases": .object(
                JSONObject(
                    row.aliases.sorted { $0.key < $1.key }.map { ($0.key.text, number($0.value)) })),
            "versions": .integer(Int64(row.versions)), "latest_version": row.latest.map(number) ?? .null,
        ]
    }

    /// - Parameter numbers: under which a server of the person's own knows the versions, if there is one.
    static func version(
        _ row: ModelVersionRow, _ numbers: [ModelVersionNumber: String]? = nil
    ) -> JSONObject {
        let content = row.version.content
        var object: JSONObject = [
            "model": .string(row.key.model.text), "version": number(row.key.version),
            "aliases": .array(row.aliases.map { .string($0.text) }),
            "status": .string(content.status.rawValue), "description": .string(content.description),
            "created_at": .string(row.version.createdAt.rfc3339),
            "updated_at": .string(row.version.updatedAt.rfc3339), "source": .string(content.source),
            "artifact": content.artifact.map(artifact) ?? .null,
            "reference_sha256": content.referenceSHA256.map(JSONValue.string) ?? .null,
            "tracking_run_id": content.trackingRunID.map(JSONValue.string) ?? .null,
            "dag_version": content.dagVersion.map { .string($0.text) } ?? .null,
            "tags": .object(texts(row.tags)),
        ]
        if let numbers {
            object["mlflow_version"] = numbers[row.key.version].map(JSONValue.string) ?? .null
        }
        return object.merging(origin(content.origin)).merging(facts(content.facts))
    }

    private static func artifact(_ artifact: ArtifactReference) -> JSONValue {
        [
            "name": .string(artifact.name), "path": .string(artifact.path),
            "sha256": .string(artifact.sha256), "size_bytes": .integer(artifact.sizeBytes),
        ]
    }

    private static func facts(_ facts: ModelFacts) -> JSONObject {
        [
            "params": .object(facts.parameters), "logged_params": .object(facts.logged),
            "metrics": .object(
                JSONObject(
                    facts.metrics.sorted { $0.key < $1.key }.map { ($0.key, JSONValue(metric: $0.value)) })),
            "datasets": .array(
                facts.datasets.map { dataset in
                    [
                        "task_id": .string(dataset.taskID.text), "name": .string(dataset.name),
                        "sha256": .string(dataset.sha256), "size_bytes": .integer(dataset.sizeBytes),
                    ]
                }),
            "git_commit": facts.git.map { .string($0.commit) } ?? .null,
            "git_dirty": facts.git?.isDirty.map(JSONValue.bool) ?? .null,
            "environment": .array(
                facts.environment.map { file in
                    [
                        "path": .string(file.path), "sha256": .string(file.sha256),
                        "size_bytes": .integer(file.sizeBytes),
                    ]
                }),
        ]
    }

    static func deployment(_ deployment: Deployment) -> JSONObject {
        let object: JSONObject = [
            "model": .string(deployment.key.model.text), "version": number(deployment.key.version),
            "alias": .string(deployment.alias.text), "strategy": .string(deployment.strategy.rawValue),
            "state": .string(deployment.state.rawValue),
            "previous_version": deployment.previous.map(number) ?? .null,
            "started_at": .string(deployment.startedAt.rfc3339),
            "ended_at": deployment.endedAt.map { .string($0.rfc3339) } ?? .null,
            "detail": .string(deployment.detail),
        ]
        return object.merging(origin(deployment.origin))
    }

    static func rollback(_ plan: RollbackPlan) -> JSONObject {
        let task = plan.task.map { $0.dag.tasks[$0.index] }
        return [
            "model": .string(plan.model.text), "alias": .string(plan.alias.text),
            "from": plan.from.map(number) ?? .null, "to": number(plan.to), "deploys": .bool(task != nil),
            "dag_id": plan.task.map { .string($0.dag.id.text) } ?? .null,
            "task_id": task.map { .string($0.id.text) } ?? .null,
        ]
    }

    static func change(_ change: AliasChange) -> JSONObject {
        let object: JSONObject = [
            "model": .string(change.model.text), "alias": .string(change.alias.text),
            "from": change.from.map(number) ?? .null, "to": change.to.map(number) ?? .null,
            "at": .string(change.at.rfc3339), "who": .string(change.who), "reason": .string(change.reason),
            "kind": .string(change.kind.rawValue),
        ]
        return object.merging(origin(change.origin))
    }

    private static func origin(_ origin: ModelOrigin?) -> JSONObject {
        [
            "dag_id": origin.map { .string($0.dagID.text) } ?? .null,
            "run_id": origin.map { .string($0.runID.text) } ?? .null,
            "task_id": origin.map { .string($0.taskID.text) } ?? .null,
            "map_index": origin.map { .integer(Int64($0.mapIndex)) } ?? .null,
        ]
    }

    private static func texts(_ texts: [String: String]) -> JSONObject {
        JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }

    private static func number(_ version: ModelVersionNumber) -> JSONValue {
        .integer(Int64(version.value))
    }
}
