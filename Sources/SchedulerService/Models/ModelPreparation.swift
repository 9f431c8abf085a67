import ArtifactStore
import DAGDomain
import JSONText
import StateStore

/// Finds the version that a task is about and puts its file in place, before the task's program starts.
struct ModelPreparation: Sendable {
    typealias Failure = AttemptPreparation.Failure

    let store: StateStore
    let artifacts: ArtifactStore
    /// What was uploaded through MLflow's protocol.
    let trackingFolder: String

    /// What a task is told of its model.
    struct Prepared {
        var variables: [String: String]
        /// Nil for a training.
        var version: ModelVersionRow?
        /// Files that are to be put in place.
        var links: [ModelLink] = []
    }

    /// Finds the version and puts its file in place; writes down what holds now, for the end of the attempt.
    func prepare(
        _ use: ModelUse, for context: AttemptContext, _ rendering: TemplateRendering
    ) throws(Failure) -> Prepared {
        var variables = ["ORCHESTRATOR_MODEL_NAME": use.name.text]
        var about: ModelVersionRow?
        let start: ModelStart
        if context.task.role == .train {
            start = try trainingStart(context, use)
        } else {
            let number = try version(for: context, use, rendering)
            let version = try row(ModelVersionKey(use.name, number))
            about = version
            var told = try told(of: version)
            start = try judgingStart(context, use, version, &told)
            variables.merge(told.variables) { _, new in new }
            for link in told.links { variables[link.variable] = try make(link, in: context) }
        }
        try AttemptPreparation.write(start.json.text() + "\n", to: context.files.model)
        return Prepared(variables: variables, version: about)
    }

    /// The same for a task that is tried alone: nothing is written, and what a training upstream would have made is the
    /// newest version.
    func trial(
        _ use: ModelUse, _ task: TaskDefinition, in dag: DAG, _ rendering: TemplateRendering
    ) throws(Failure) -> Prepared {
        guard task.role != .train else {
            return Prepared(variables: ["ORCHESTRATOR_MODEL_NAME": use.name.text])
        }
        let trainings = dag.graph.upstreamClosure(of: [dag.index(of: task.id)].compactMap(\.self)).filter {
            dag.tasks[$0].role == .train && dag.tasks[$0].model?.name == use.name
        }
        let number: ModelVersionNumber
        if let template = use.version {
            number = try version(template, of: use.name, task.role, rendering)
        } else if task.role != .monitor, !trainings.isEmpty {
            number = try newest(of: use.name, task.role)
        } else {
            number = try version(of: use.name, at: use.watched(by: task.role), task.role)
        }
        let version = try row(ModelVersionKey(use.name, number))
        var told = try told(of: version)
        told.variables["ORCHESTRATOR_MODEL_NAME"] = use.name.text
        try tell(of: try row(of: use.name, at: .champion), as: "champion", &told)
        if let own = task.deployAlias { try tell(of: try row(of: use.name, at: own), as: "previous", &told) }
        return told
    }

    /// Nil while no version is there.
    private func row(of model: ModelName, at alias: AliasName) throws(Failure) -> ModelVersionRow? {
        let number = try asking { () throws(StateStoreError) in try store.modelAlias(model, alias) }
        return try number.map { number throws(Failure) in try row(ModelVersionKey(model, number)) }
    }

    /// What is said of the version itself.
    private func told(of version: ModelVersionRow) throws(Failure) -> Prepared {
        let reference = version.version.content.referenceSHA256
        var told = Prepared(
            variables: [
                "ORCHESTRATOR_MODEL_VERSION": "\(version.key.version)",
                "ORCHESTRATOR_MODEL_SOURCE": version.version.content.source,
                "ORCHESTRATOR_MODEL_PATH": "",
                "ORCHESTRATOR_MODEL_REFERENCE_PATH": try reference.map { sha throws(Failure) in
                    try content(sha, "the reference of \(version.key)")
                } ?? "",
            ], version: version)
        if let link = try link(to: version, "ORCHESTRATOR_MODEL_PATH", "model") { told.links.append(link) }
        return told
    }

    /// What is said of another version, `champion` or `previous`; empty while there is none.
    private func tell(
        of other: ModelVersionRow?, as name: String, _ told: inout Prepared
    ) throws(Failure) {
        let start = "ORCHESTRATOR_\(name.uppercased())"
        told.variables["\(start)_VERSION"] = other.map { "\($0.key.version)" } ?? ""
        told.variables["\(start)_PATH"] = ""
        guard let other, let link = try link(to: other, "\(start)_PATH", name) else { return }
        told.links.append(link)
    }

    // MARK: Training

    private func trainingStart(
        _ context: AttemptContext, _ use: ModelUse
    ) throws(Failure) -> ModelStart {
        var start = ModelStart()
        start.facts.parameters = context.run.parameters
        if context.isMapped {
            let own = try asking { () throws(StateStoreError) in try store.mappedParameters(of: context.key) }
            start.facts.parameters = start.facts.parameters.merging(own)
        }
        start.facts.git = GitFolder.state(of: context.dag.folder)
        do throws(LockFileScan.Failure) {
            start.facts.environment = try LockFileScan.find(in: context.dag.folder, declared: use.environment)
        } catch {
            throw Failure(text: error.text)
        }
        let upstream = context.dag.graph.upstreamClosure(of: [context.key.task]).filter {
            $0 != context.key.task
        }
        .filter { !context.dag.tasks[$0].artifacts.isEmpty }
        if !upstream.isEmpty {
            let reports = try asking { () throws(StateStoreError) in
                try store.data(of: context.run.number, tasks: upstream)
            }
            start.facts.datasets = reports.flatMap { report in
                report.artifacts.map { artifact in
                    ModelDataset(
                        name: artifact.name, taskID: context.dag.tasks[report.key.task].id,
                        sha256: artifact.sha256, sizeBytes: artifact.sizeBytes)
                }
            }
        }
        guard case .upstream(let task, let name) = use.reference else { return start }
        guard let found = start.facts.datasets.first(where: { $0.taskID == task && $0.name == name }) else {
            throw Failure(
                text: "the task `\(task)` has left no artifact `\(name)` to be the model's reference")
        }
        start.reference = found.sha256
        return start
    }

    // MARK: The version that is judged

    private func version(
        for context: AttemptContext, _ use: ModelUse, _ rendering: TemplateRendering
    ) throws(Failure) -> ModelVersionNumber {
        if let key = context.run.redeploys, key.model == use.name, context.task.deploy != nil {
            return key.version
        }
        let role = context.task.role
        if let template = use.version { return try version(template, of: use.name, role, rendering) }
        if role != .monitor, let made = try versionMadeUpstream(context, use) { return made }
        return try version(of: use.name, at: use.watched(by: role), role)
    }

    private func version(
        _ template: TemplateText, of model: ModelName, _ role: TaskRole, _ rendering: TemplateRendering
    ) throws(Failure) -> ModelVersionNumber {
        let text = try AttemptPreparation.rendered { () throws(TemplateRendering.Failure) in
            try rendering.text(template)
        }
        guard let reference = ModelReference(text) else {
            throw Failure(text: "`\(text)` is not a version of the model `\(model)`")
        }
        switch reference {
        case .version(let number): return number
        case .alias(let alias): return try version(of: model, at: alias, role)
        case .latest: return try newest(of: model, role)
        }
    }

    private func newest(of model: ModelName, _ role: TaskRole) throws(Failure) -> ModelVersionNumber {
        let known = try asking { () throws(StateStoreError) in try store.registeredModel(model) }
        guard let latest = known?.latest else {
            throw absence("the model `\(model)` has no version yet", role)
        }
        return latest
    }

    private func version(
        of model: ModelName, at alias: AliasName, _ role: TaskRole
    ) throws(Failure) -> ModelVersionNumber {
        let number = try asking { () throws(StateStoreError) in try store.modelAlias(model, alias) }
        guard let number else {
            guard role == .monitor else {
                throw Failure(
                    text: "the model `\(model)` has no \(alias): its alias `\(alias)` points to no version")
            }
            throw Self.absence(of: alias, of: model)
        }
        return number
    }

    /// A task that watches has nothing to do as long as there is nothing to watch; the others cannot do their work.
    private func absence(_ text: String, _ role: TaskRole) -> Failure {
        Failure(text: text, role == .monitor ? .nothingToDo : .task)
    }

    static func absence(of alias: AliasName, of model: ModelName) -> Failure {
        Failure(text: "no version of the model `\(model)` is its \(alias) yet", .nothingToDo)
    }

    /// Nil when nothing upstream trains the model.
    private func versionMadeUpstream(
        _ context: AttemptContext, _ use: ModelUse
    ) throws(Failure) -> ModelVersionNumber? {
        let trainings = context.dag.graph.upstreamClosure(of: [context.key.task]).filter { index in
            let task = context.dag.tasks[index]
            return task.role == .train && task.model?.name == use.name
        }
        guard !trainings.isEmpty else { return nil }
        let reports = try asking { () throws(StateStoreError) in
            try store.data(of: context.run.number, tasks: trainings)
        }
        let versions = Set(
            reports.compactMap { report in
                report.outputs.first { $0.name == ModelUse.outputNames[1] }?.value.versionNumber
            })
        let names = trainings.map { "`\(context.dag.tasks[$0].id)`" }.joined(separator: ", ")
        guard let version = versions.first else {
            throw Failure(
                text: "\(names) upstream has made no version of the model `\(use.name)` in this run")
        }
        guard versions.count == 1 else {
            let numbers = versions.sorted().map(\.description).joined(separator: ", ")
            throw Failure(
                text:
                    "\(names) upstream made several versions of the model `\(use.name)` (\(numbers)): say which by "
                    + "\"version\"")
        }
        return version
    }

    private func judgingStart(
        _ context: AttemptContext, _ use: ModelUse, _ version: ModelVersionRow, _ told: inout Prepared
    ) throws(Failure) -> ModelStart {
        var start = ModelStart()
        start.version = version.key.version
        let own = context.task.deployAlias
        var (champion, previous): (ModelVersionRow?, ModelVersionRow?)
        for alias in context.task.comparedAliases.union([.champion, own ?? .champion]) {
            let number = try asking { () throws(StateStoreError) in try store.modelAlias(use.name, alias) }
            start.aliases.updateValue(number, forKey: alias)
            guard let number else { continue }
            let other =
                number == version.key.version ? version : try row(ModelVersionKey(use.name, number))
            if context.task.comparedAliases.contains(alias) {
                start.recorded[alias] = other.version.content.facts.metrics
            }
            if alias == .champion { champion = other }
            if alias == own { previous = other }
        }
        try tell(of: champion, as: "champion", &told)
        if own != nil { try tell(of: previous, as: "previous", &told) }
        return start
    }

    // MARK: Files

    private func row(_ key: ModelVersionKey) throws(Failure) -> ModelVersionRow {
        let row = try asking { () throws(StateStoreError) in try store.modelVersion(key) }
        guard let row else { throw Failure(text: "the model `\(key.model)` has no version \(key.version)") }
        guard row.version.content.status == .ready else {
            throw Failure(text: "\(key) is not ready: \(row.version.content.status.rawValue)")
        }
        return row
    }

    /// A link to the version's file under the file's own name, by which many libraries tell a format. Nil when something
    /// outside keeps it.
    private func link(
        to version: ModelVersionRow, _ variable: String, _ folder: String
    ) throws(Failure) -> ModelLink? {
        let target: String
        let path: String
        if let artifact = version.version.content.artifact {
            target = try content(artifact.sha256, "the file of \(version.key)")
            path = artifact.path
        } else {
            guard let upload = try upload(of: version) else { return nil }
            (target, path) = (upload, upload)
        }
        return ModelLink(
            variable: variable, folder: folder,
            name: path.split(separator: "/").last.map(String.init) ?? "model", target: target)
    }

    /// - Returns: where it is.
    private func make(_ link: ModelLink, in context: AttemptContext) throws(Failure) -> String {
        try AttemptPreparation.makeFolder(context.files.modelFolder)
        do throws(ModelLink.Failure) { return try link.make(in: context.files.modelFolder) } catch {
            throw Failure(text: error.text, isMachineFault: true)
        }
    }

    private func content(_ sha256: String, _ what: String) throws(Failure) -> String {
        let path: String
        let isThere: Bool
        do throws(ArtifactStoreError) {
            path = try artifacts.path(of: sha256)
            isThere = try artifacts.contains(sha256)
        } catch {
            throw Failure(text: "\(what) cannot be found: \(error.sentence)")
        }
        guard isThere else {
            throw Failure(
                text: "\(what) is gone: there is no \(path) any more; train it again or restore a backup")
        }
        return path
    }

    func asking<Value>(
        _ body: () throws(StateStoreError) -> Value
    ) throws(Failure) -> Value {
        do { return try body() } catch {
            throw Failure(
                text: "the registry of models cannot be read: \(error.sentence)", isMachineFault: true)
        }
    }
}
