import DAGDomain
import JSONText
import LifecycleCore
import StateStore

/// What each node says of itself.
extension LineageCollector {
    private typealias Detail = LineageGraph.Detail

    mutating func addNode(_ place: Place) throws {
        switch place {
        case .instance(let key): try addInstance(key, place.nodeID)
        case .run(let number): try addRun(number, place.nodeID)
        case .content(let sha256): try addContent(sha256, place.nodeID)
        case .model(let key): try addModel(key, place.nodeID)
        case .alias(let model, let alias): try addAlias(model, alias, place.nodeID)
        case .deployment(let deployment): addDeployment(deployment, place.nodeID)
        }
    }

    private mutating func addInstance(_ key: TaskInstanceKey, _ id: String) throws {
        guard let known = try known(key.run), let instance = known.instances[key] else { return }
        let task = known.dag.tasks[key.task]
        let index = key.mapIndex < 0 ? "" : "[\(key.mapIndex)]"
        var details = [
            Detail("run", known.run.runID.text), Detail("state", instance.state.rawValue),
        ]
        if task.role != .task { details.append(Detail("type", task.role.rawValue)) }
        if instance.tryNumber > 1 { details.append(Detail("tries", "\(instance.tryNumber)")) }
        details += try store.lastMetrics(of: key).map { Detail($0.name, "\($0.value)") }
        graph.add(
            .init(id: id, kind: .task, title: "\(known.run.dagID).\(task.id)\(index)", details: details))
    }

    /// A run comes with its code and its params.
    private mutating func addRun(_ number: RunNumber, _ id: String) throws {
        guard let known = try known(number) else { return }
        let run = known.run
        var details = [
            Detail("state", run.state.rawValue), Detail("type", run.type.rawValue),
        ]
        if let date = run.logicalDate { details.append(Detail("logical date", date.rfc3339)) }
        if let start = run.startDate { details.append(Detail("started", start.rfc3339)) }
        graph.add(.init(id: id, kind: .run, title: "\(run.dagID) \(run.runID)", details: details))
        let code = "code:\(run.dagID)@\(run.version)"
        var about = [
            Detail("hash", String(run.version.text.prefix(12))), Detail("file", known.dag.path),
        ]
        for git in try commits(of: run) { about.append(Detail("git commit", git)) }
        graph.add(
            .init(id: code, kind: .code, title: "\(run.dagID) version \(known.versionNumber)", details: about)
        )
        graph.connect(code, id)
        guard !run.parameters.isEmpty else { return }
        let parameters = "params:\(number.value)"
        graph.add(
            .init(
                id: parameters, kind: .parameters, title: "params of \(run.runID)",
                details: run.parameters.map { Detail($0.key, $0.value.stringValue ?? $0.value.text()) }))
        graph.connect(parameters, id)
    }

    /// The commits that trainings of the run noted.
    private func commits(of run: DAGRun) throws -> [String] {
        try store.modelVersions(of: run.dagID, run.runID).compactMap { key in
            try store.modelVersion(key)?.version.content.facts.git.map { git in
                git.commit + (git.isDirty == true ? " (changed)" : "")
            }
        }.uniqued
    }

    private mutating func addContent(_ sha256: String, _ id: String) throws {
        var filter = ArtifactFilter()
        filter.sha256 = sha256
        filter.limit = 50
        let made = try store.artifacts(filter).rows
        let near = made.first { runs[$0.key.run] != nil } ?? made.first
        let read = try near == nil ? store.inputs(sha256: sha256) : []
        let title = near?.artifact.name ?? read.first?.input.place ?? "data \(sha256.prefix(12))"
        var details = [Detail("sha256", sha256)]
        if let size = near?.artifact.sizeBytes ?? read.first?.input.sizeBytes {
            details.append(Detail("size", "\(size) bytes"))
        }
        if let facts = near?.facts {
            if let rows = facts.rows { details.append(Detail("rows", "\(rows)")) }
            if !facts.columns.isEmpty {
                let columns = facts.columns.map { column in
                    column.type.map { "\(column.name) \($0)" } ?? column.name
                }
                details.append(Detail("columns", columns.joined(separator: ", ")))
            }
        }
        graph.add(.init(id: id, kind: .data, title: title, details: details))
    }

    private mutating func addModel(_ key: ModelVersionKey, _ id: String) throws {
        guard let row = try store.modelVersion(key) else { return }
        let content = row.version.content
        var details = [Detail("created", row.version.createdAt.rfc3339)]
        if let artifact = content.artifact { details.append(Detail("sha256", artifact.sha256)) }
        if let origin = content.origin {
            details.append(Detail("made by", "\(origin.dagID) \(origin.runID) \(origin.taskID)"))
        }
        if let git = content.facts.git {
            details.append(Detail("git commit", git.commit + (git.isDirty == true ? " (changed)" : "")))
        }
        details += content.facts.parameters.map { Detail($0.key, $0.value.stringValue ?? $0.value.text()) }
        details += content.facts.metrics.sorted { $0.key < $1.key }.map { Detail($0.key, "\($0.value)") }
        graph.add(.init(id: id, kind: .model, title: "\(key)", details: details))
    }

    private mutating func addDeployment(_ deployment: Deployment, _ id: String) {
        let origin = deployment.origin
        var details = [
            Detail("state", deployment.state.rawValue), Detail("strategy", deployment.strategy.rawValue),
            Detail("alias", deployment.alias.text),
            Detail("by", "\(origin.dagID) \(origin.runID) \(origin.taskID)"),
            Detail("started", deployment.startedAt.rfc3339),
        ]
        if let end = deployment.endedAt { details.append(Detail("ended", end.rfc3339)) }
        if let previous = deployment.previous { details.append(Detail("before", "version \(previous)")) }
        if !deployment.detail.isEmpty { details.append(Detail("detail", deployment.detail)) }
        graph.add(
            .init(id: id, kind: .deployment, title: "deployment of \(deployment.key)", details: details))
    }

    private mutating func addAlias(_ model: ModelName, _ alias: AliasName, _ id: String) throws {
        var details: [Detail] = []
        if let change = try store.aliasChanges(of: model, alias: alias).first {
            details = [Detail("since", change.at.rfc3339), Detail("by", change.who)]
            if !change.reason.isEmpty { details.append(Detail("reason", change.reason)) }
            if let from = change.from { details.append(Detail("before", "version \(from)")) }
        }
        graph.add(.init(id: id, kind: .alias, title: "\(model)@\(alias)", details: details))
    }
}
