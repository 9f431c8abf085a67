import ArtifactStore
import DAGDomain
import Glibc
import JSONText
import LifecycleCore
import StateStore
import Synchronization
import TaskExecution

/// Makes everything an attempt needs before its process can start: folders, input files, arguments, environment.
final class AttemptPreparation: Sendable {
    private let settings: ServiceSettings
    let store: StateStore
    let artifacts: ArtifactStore
    private let models: ModelPreparation
    let inherited: [String: String]
    /// `{}`, shared by all tasks without upstreams.
    private let emptyInputs: String
    private let index: ReportIndex
    let values: ValueService
    let tracking: TrackingEndpoint
    private let renderedFields: RenderedFieldsWriter
    private let shared = Mutex<[RunNumber: [Int: SharedInputs]]>([:])
    private let preparedRuns = Mutex<[RunNumber: JSONObject]>([:])

    init(
        settings: ServiceSettings, store: StateStore, artifacts: ArtifactStore, index: ReportIndex,
        values: ValueService, tracking: TrackingEndpoint
    ) throws(HomeError) {
        self.settings = settings
        self.tracking = tracking
        self.values = values
        renderedFields = RenderedFieldsWriter(store: store)
        self.store = store
        self.artifacts = artifacts
        models = ModelPreparation(
            store: store, artifacts: artifacts, trackingFolder: settings.home.trackingFolder)
        self.index = index
        inherited = TaskEnvironment.inherited(from: settings.environment)
        emptyInputs = settings.home.runsFolder + "/no-inputs.json"
        do throws(Failure) {
            try Self.makeFolder(settings.home.runsFolder)
            try Self.write("{}\n", to: emptyInputs)
        } catch {
            throw .cannotCreate(settings.home.runsFolder, error.text)
        }
    }

    func specification(for context: AttemptContext) throws(Failure) -> AttemptSpecification {
        try prepareRun(context)
        let inputs = try inputs(of: context)
        let outputs = inputs.outputs
        let command = TaskCommand(
            facts: facts(of: context), home: settings.home, parameters: try parameters(of: context))
        if context.isMapped {
            try Self.writeForStart(command.parameters.text() + "\n", to: context.files.parameters)
        }
        let values = TrackedValues(values)
        let rendering = rendering(command, outputs, values)
        let model = try context.task.model.map { use throws(Failure) in
            try models.prepare(use, for: context, rendering)
        }
        let arguments = try arguments(context, command, rendering, model?.version)
        var environment = try environment(
            context, command, rendering, inputs: inputs.path)
        environment.merge(model?.variables ?? [:]) { _, given in given }
        try keepRendered(context, rendering, values)
        try fillAssets(context, rendering)
        return AttemptSpecification(
            id: context.attempt,
            arguments: arguments,
            environment: environment,
            workingDirectory: command.workingDirectory,
            logPath: context.files.log,
            executionTimeout: context.task.executionTimeout,
            terminationGrace: context.task.terminationGrace,
            logLimitBytes: settings.logLimitBytes,
            directoriesToCreate: [context.files.artifacts, context.files.checkpoints],
            keepsLeftovers: context.task.leftover == .keep)
    }

    /// The parameters of the run that a `trigger_dag` task asks for.
    func triggerParameters(
        for context: AttemptContext, _ action: TriggerDAGAction
    ) throws(Failure) -> JSONObject {
        let command = TaskCommand(facts: facts(of: context), parameters: try parameters(of: context))
        let values = TrackedValues(values)
        let rendering = rendering(command, try upstreamOutputs(context), values)
        var parameters = JSONObject()
        for parameter in action.parameters {
            switch parameter.value {
            case .value(let value): parameters[parameter.name] = value
            case .template(let template):
                parameters[parameter.name] = try Self.rendered { () throws(TemplateRendering.Failure) in
                    try rendering.value(template)
                }
            }
        }
        try keepRendered(context, rendering, values)
        return parameters
    }

    /// A text of a task that waits, filled in.
    func text(
        _ template: TemplateText, of key: TaskInstanceKey, tryNumber: Int, run: DAGRun, dag: DAG
    ) throws(Failure) -> String {
        let context = AttemptContext(
            attempt: AttemptID(""), key: key, tryNumber: tryNumber, run: run, dag: dag,
            files: AttemptFiles(home: settings.home, attempt: AttemptID(""), key: key))
        let command = TaskCommand(facts: facts(of: context), parameters: try parameters(of: context))
        let used = TrackedValues(values)
        let rendering = rendering(command, try upstreamOutputs(context), used)
        let text = try Self.rendered { () throws(TemplateRendering.Failure) in try rendering.text(template) }
        do throws(ValueError) { try values.record(used.secrets, of: run.number) } catch {
            throw Failure(text: error.sentence, isMachineFault: true)
        }
        return text
    }

    /// The params of the run, and over them those of a mapped instance.
    func parameters(of context: AttemptContext) throws(Failure) -> JSONObject {
        guard context.isMapped else { return context.run.parameters }
        do {
            return context.run.parameters.merging(try store.mappedParameters(of: context.key))
        } catch {
            throw Failure(
                text: "the params of the mapped instance cannot be read: \(error)", isMachineFault: true)
        }
    }

    /// Remembers what was filled in, and first of all the secrets in it.
    private func keepRendered(
        _ context: AttemptContext, _ rendering: TemplateRendering, _ used: TrackedValues
    ) throws(Failure) {
        let fields = context.task.templateFields(in: context.dag)
        guard !fields.allSatisfy(\.isLiteral) else { return }
        do throws(ValueError) {
            try values.record(used.secrets, of: context.run.number)
            let masker = try values.masker(for: context.run.number)
            renderedFields.put(
                RenderedFieldsRow(
                    key: context.key, tryNumber: context.tryNumber, dagID: context.dag.id,
                    taskID: context.task.id, fields: rendering.rendered(fields, masker).fields))
        } catch {
            throw Failure(text: error.sentence, isMachineFault: true)
        }
    }

    // MARK: Arguments and environment

    private func arguments(
        _ context: AttemptContext, _ command: TaskCommand, _ rendering: TemplateRendering,
        _ model: ModelVersionRow?
    ) throws(Failure) -> [String] {
        let performance = try Self.rendered { () throws(TemplateRendering.Failure) in
            try command.performance(rendering)
        }
        if var performance {
            let file = context.files.performance
            if performance.kind == TaskPerformance.checkedKind {
                performance.specification["previous_rows"] = .object(try previousRows(of: context))
                performance.specification["drift"] = try driftSpecification(of: context, model, rendering)
            }
            if performance.kind == TaskPerformance.deployKind {
                try Self.makeFolder(settings.home.path + "/deploys")
            }
            try Self.writeForStart(performance.specification.text() + "\n", to: file)
            return performance.arguments(program: settings.programPath, file: file)
        }
        let arguments = try Self.rendered { () throws(TemplateRendering.Failure) in
            try command.arguments(rendering)
        }
        guard let arguments else { throw Failure(text: "the task has no program to run") }
        return arguments
    }

    func facts(of context: AttemptContext) -> TemplateFacts {
        TemplateFacts(
            run: context.run, dag: context.dag, task: context.task.id, mapIndex: context.key.mapIndex,
            tryNumber: context.tryNumber, previousSuccess: store.previousSuccess(of: context.run),
            triggeringEvents: store.triggeringEvents(of: context.run))
    }

    func rendering(
        _ command: TaskCommand, _ outputs: UpstreamOutputs, _ values: TrackedValues
    ) -> TemplateRendering {
        TemplateRendering(
            parameters: command.parameters, outputs: outputs.templates, facts: command.facts, values: values)
    }

    private func environment(
        _ context: AttemptContext, _ command: TaskCommand, _ rendering: TemplateRendering, inputs: String
    ) throws(Failure) -> [String: String] {
        var variables = try Self.rendered { () throws(TemplateRendering.Failure) in
            try command.environment(rendering, inherited: inherited)
        }
        variables["ORCHESTRATOR_ATTEMPT_ID"] = context.attempt.text
        variables["ORCHESTRATOR_PARAMS"] = context.files.parameters
        variables["ORCHESTRATOR_INPUTS"] = inputs
        variables["ORCHESTRATOR_OUTPUT"] = context.files.output
        variables["ORCHESTRATOR_METRICS"] = context.files.metrics
        variables["ORCHESTRATOR_ARTIFACTS"] = context.files.artifacts
        variables["ORCHESTRATOR_CHECKPOINTS"] = context.files.checkpoints
        if context.run.type == .assetTriggered {
            variables["ORCHESTRATOR_ASSET_EVENTS"] = context.files.assetEvents
        }
        if !context.task.outlets.isEmpty || context.task.lateAssets.updatesAny {
            variables["ORCHESTRATOR_OUTLETS"] = context.files.outlets
        }
        try tellTracking(&variables, context)
        return variables
    }

    static func rendered<Value>(
        _ body: () throws(TemplateRendering.Failure) -> Value
    ) throws(Failure) -> Value {
        do { return try body() } catch {
            throw Failure(text: error.text, isMachineFault: error.isMachineFault)
        }
    }

    // MARK: Inputs

    /// What the instances of a mapped task have in common.
    struct SharedInputs {
        let revision: Int
        let outputs: UpstreamOutputs
        let path: String
    }

    /// What the upstream tasks left, by task.
    struct UpstreamOutputs {
        var templates: [TaskID: JSONObject] = [:]
        /// For the inputs file: outputs, and artifacts as absolute paths.
        var inputs = JSONObject()
        /// For a task with `cache`: values and contents, by their hashes.
        var components: [CacheComponent] = []
    }

    func upstreamOutputs(_ context: AttemptContext) throws(Failure) -> UpstreamOutputs {
        let direct = context.dag.graph.upstream[context.key.task]
        let named = context.task.templateTasks(in: context.dag).compactMap { context.dag.index(of: $0) }
        var result = UpstreamOutputs()
        let tasks = Set(direct).union(named)
        let reporters = index.reporters(of: context.run.number, among: tasks)
        for task in direct { result.inputs[context.dag.tasks[task].id.text] = .object(JSONObject()) }
        try addBestTrials(of: tasks, context, inputs: Set(direct), to: &result)
        guard !reporters.isEmpty else { return result }
        let inputs = Set(direct)
        let found = try reports(of: context.run.number, reporters)
        for (index, reports) in Dictionary(grouping: found, by: \.key.task) {
            let task = context.dag.tasks[index].id
            let isMapped = reports.contains { $0.key.mapIndex >= 0 }
            var values: [(outputs: JSONObject, all: JSONObject)] = []
            for report in reports { values.append(try self.values(of: report)) }
            let best = result.templates[task] ?? JSONObject()
            result.templates[task] = Self.joined(values.map(\.outputs), isMapped: isMapped).merging(best)
            guard inputs.contains(index) else { continue }
            if context.task.cache != nil { result.components += Self.components(of: task, reports) }
            let known = result.inputs[task.text]?.objectValue ?? JSONObject()
            result.inputs[task.text] = .object(
                Self.joined(values.map(\.all), isMapped: isMapped).merging(known))
        }
        return result
    }

    /// What is to be seen of the best instances of upstream tasks with `select`.
    private func addBestTrials(
        of tasks: Set<Int>, _ context: AttemptContext, inputs: Set<Int>, to result: inout UpstreamOutputs
    ) throws(Failure) {
        for task in tasks.sorted() {
            let definition = context.dag.tasks[task]
            guard let selection = definition.flow.selection else { continue }
            let best = try BestTrialOutputs(store: store).outputs(
                of: selection, run: context.run.number, task: task, paths: paths)
            result.templates[definition.id] = best.outputs
            guard inputs.contains(task) else { continue }
            result.inputs[definition.id.text] = .object(best.outputs.merging(best.artifacts))
            guard context.task.cache != nil else { continue }
            let hash = CacheKey.hash(of: best.outputs.text())
            result.components.append(CacheComponent(.output, "the best of \(definition.id)", hash: hash))
        }
    }

    private func values(of report: InstanceData) throws(Failure) -> (outputs: JSONObject, all: JSONObject) {
        let outputs = JSONObject(report.outputs.map { ($0.name, $0.value) })
        return (outputs, outputs.merging(try paths(report.artifacts)))
    }

    /// What the instances of a task left as one object: of a mapped task each name has the list by map index.
    static func joined(_ instances: [JSONObject], isMapped: Bool) -> JSONObject {
        guard isMapped else { return instances.first ?? JSONObject() }
        var joined = JSONObject()
        for name in instances.flatMap(\.keys) where joined[name] == nil {
            joined[name] = .array(instances.map { $0[name] ?? .null })
        }
        return joined
    }

    private func reports(of run: RunNumber, _ tasks: Set<Int>) throws(Failure) -> [InstanceData] {
        do {
            return try store.data(of: run, tasks: tasks.sorted())
        } catch {
            throw Failure(
                text: "the outputs of the upstream tasks cannot be read: \(error)", isMachineFault: true)
        }
    }

    private func paths(_ references: [ArtifactReference]) throws(Failure) -> JSONObject {
        do throws(ArtifactStoreError) {
            var paths = JSONObject()
            for artifact in references {
                paths[artifact.name] = .string(try artifacts.path(of: artifact.sha256))
            }
            return paths
        } catch {
            throw Failure(text: "an upstream artifact cannot be found: \(error)")
        }
    }

    /// What the upstream tasks left, and the file with it. The instances of a mapped task share both: reading and
    /// writing a list of ten thousand values for each of ten thousand instances would be quadratic work.
    func inputs(of context: AttemptContext) throws(Failure) -> SharedInputs {
        let tasks = Set(context.dag.graph.upstream[context.key.task])
            .union(context.task.templateTasks(in: context.dag).compactMap { context.dag.index(of: $0) })
        guard context.isMapped, let revision = index.revision(of: context.run.number, among: tasks) else {
            let outputs = try upstreamOutputs(context)
            return SharedInputs(revision: 0, outputs: outputs, path: try writeInputs(context, outputs))
        }
        return try shared.withLock {
            (shared: inout sending [RunNumber: [Int: SharedInputs]]) throws(Failure) in
            if let known = shared[context.run.number]?[context.key.task], known.revision == revision {
                return known
            }
            let outputs = try upstreamOutputs(context)
            let path = "\(context.files.runFolder)/inputs.\(context.key.task).\(revision).json"
            try Self.write(outputs.inputs.text() + "\n", to: path)
            let inputs = SharedInputs(revision: revision, outputs: outputs, path: path)
            shared[context.run.number, default: [:]][context.key.task] = inputs
            return inputs
        }
    }

    private func writeInputs(
        _ context: AttemptContext, _ outputs: UpstreamOutputs
    ) throws(Failure) -> String {
        if outputs.inputs.isEmpty { return emptyInputs }
        try Self.writeForStart(outputs.inputs.text() + "\n", to: context.files.inputs)
        return context.files.inputs
    }

    // MARK: Folders

    /// The run's folder and its parameter file, once for each run: the first task makes them, others wait for it.
    /// They are made again when somebody has removed them.
    func prepareRun(_ context: AttemptContext) throws(Failure) {
        try preparedRuns.withLock { (prepared: inout sending [RunNumber: JSONObject]) throws(Failure) in
            let isThere = access(context.files.runParameters, R_OK) == 0 && access(emptyInputs, R_OK) == 0
            guard !isThere || prepared[context.run.number] != context.run.parameters else { return }
            try Self.makeFolder(settings.home.runsFolder)
            try Self.write("{}\n", to: emptyInputs)
            try Self.makeFolder(context.files.runFolder)
            try Self.makeFolder(context.files.runFolder + "/checkpoints")
            try Self.write(context.run.parameters.text() + "\n", to: context.files.runParameters)
            if context.run.type == .assetTriggered {
                let events = try Self.rendered(store.triggeringEvents(of: context.run))
                try Self.write(events.text() + "\n", to: context.files.assetEvents)
            }
            prepared[context.run.number] = context.run.parameters
        }
    }

    /// Forgets a finished run, so that the memory of runs stays small.
    func forget(_ run: RunNumber) {
        preparedRuns.withLock { $0[run] = nil }
        shared.withLock { $0[run] = nil }
        values.forget(run)
    }

    /// Writes what is still to be recorded; to be called before the database is closed.
    func finish() {
        renderedFields.drain()
    }
}
