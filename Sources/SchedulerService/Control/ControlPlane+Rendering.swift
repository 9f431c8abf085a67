import ArtifactStore
import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore

extension ControlPlane {
    /// A task of a run with its values filled in.
    package func rendered(
        dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int
    ) throws(ControlPlaneError) -> RenderedTask {
        let run = try existingRun(dagID, runID)
        let dag = try definition(of: run)
        guard let task = dag.index(of: taskID) else { throw .unknownTask(dagID, taskID) }
        let row = try reading { () throws(StateStoreError) in
            try store.instance(of: run.number, taskID, mapIndex: mapIndex)
        }
        guard let row else { throw .unknownTask(dagID, taskID) }
        // What has not begun is shown as its next try would get it.
        let isOver = row.instance.state.isFinished || row.instance.state.isActive
        let tryNumber = max(1, isOver ? row.instance.tryNumber : row.instance.tryNumber + 1)
        let fields = dag.tasks[task].templateFields(in: dag)
        if isOver, !fields.allSatisfy(\.isLiteral), let kept = try kept(row.instance) {
            return RenderedTask(
                dagID: dagID, runID: runID, taskID: taskID, mapIndex: mapIndex, tryNumber: kept.tryNumber,
                fields: kept.fields, problems: [], isRecorded: true)
        }
        let facts = TemplateFacts(
            run: run, dag: dag, task: taskID, mapIndex: mapIndex, tryNumber: tryNumber,
            previousSuccess: store.previousSuccess(of: run),
            triggeringEvents: store.triggeringEvents(of: run))
        let rendering = TemplateRendering(
            parameters: run.parameters.merging(row.instance.mappedParameters),
            outputs: try outputs(for: dag.tasks[task], of: run, dag),
            facts: facts, values: values)
        return try rendered(rendering, runID: runID)
    }

    /// A task as it would be filled in, without a run.
    package func rendered(_ preview: TaskPreview) throws(ControlPlaneError) -> RenderedTask {
        try rendered(try rendering(preview), runID: nil)
    }

    private func rendered(
        _ rendering: TemplateRendering, runID: RunID?
    ) throws(ControlPlaneError) -> RenderedTask {
        let facts = rendering.facts
        let task = facts.dag.index(of: facts.task).map { facts.dag.tasks[$0] }
        let masker = try masker(for: runID == nil ? nil : facts.run.number)
        let (fields, problems) = rendering.rendered(task?.templateFields(in: facts.dag) ?? [], masker)
        return RenderedTask(
            dagID: facts.dag.id, runID: runID, taskID: facts.task, mapIndex: facts.mapIndex,
            tryNumber: facts.tryNumber, fields: fields, problems: problems, isRecorded: false)
    }

    private func kept(_ instance: TaskInstance) throws(ControlPlaneError) -> RenderedFieldsRow? {
        try reading { () throws(StateStoreError) in
            try store.renderedFields(of: instance.key.run, instance.key).first
        }
    }

    /// The fields of instances of one run as the API tells them: what was filled in, or what needs nothing filled in.
    /// Nil for those that have not begun.
    package func renderedFields(
        of instances: [TaskInstance], run: DAGRun
    ) throws(ControlPlaneError) -> [TaskInstanceKey: JSONObject] {
        let dag = try definition(of: run)
        let kept = try reading { () throws(StateStoreError) in
            try store.renderedFields(of: run.number, instances.count == 1 ? instances.first?.key : nil)
        }
        var fields = Dictionary(kept.map { ($0.key, $0.fields) }, uniquingKeysWith: { first, _ in first })
        let masker = try masker(for: run.number)
        for instance in instances where fields[instance.key] == nil && instance.tryNumber > 0 {
            let literal = dag.tasks[instance.key.task].templateFields(in: dag)
            guard literal.allSatisfy(\.isLiteral) else { continue }
            let facts = TemplateFacts(
                run: run, dag: dag, task: dag.tasks[instance.key.task].id, mapIndex: instance.key.mapIndex,
                tryNumber: instance.tryNumber,
                previousSuccess: { () throws(TemplateRendering.Failure) in nil })
            let rendering = TemplateRendering(
                parameters: run.parameters, outputs: [:], facts: facts, values: values)
            fields[instance.key] = rendering.rendered(literal, masker).fields
        }
        return fields
    }

    /// What a task needs to be tried alone.
    ///
    /// - Throws: `.invalidRequest` when a place has no value, for example the output of a task that has not run.
    package func trialPlan(_ preview: TaskPreview) throws(ControlPlaneError) -> TrialPlan {
        let used = TrackedValues(values)
        let rendering = try rendering(preview, used)
        let command = TaskCommand(facts: rendering.facts, parameters: rendering.parameters)
        do throws(TemplateRendering.Failure) {
            var plan = TrialPlan(
                dagPath: rendering.facts.dag.path, taskID: preview.taskID,
                arguments: try command.arguments(rendering),
                performance: try command.performance(rendering),
                environment: try command.environment(
                    rendering, inherited: TaskEnvironment.inherited(from: settings.environment)),
                workingDirectory: command.workingDirectory, parameters: rendering.parameters,
                secrets: try secrets(used))
            try addModel(to: &plan, rendering)
            return plan
        } catch {
            throw .invalidRequest("the task `\(preview.taskID)` cannot be tried: \(error.text)")
        }
    }

    /// The version that the task is about, and the tables that it compares.
    private func addModel(
        to plan: inout TrialPlan, _ rendering: TemplateRendering
    ) throws(TemplateRendering.Failure) {
        let dag = rendering.facts.dag
        guard let index = dag.index(of: plan.taskID) else { return }
        let (task, artifacts) = (dag.tasks[index], ArtifactStore(home: settings.home.path))
        do throws(AttemptPreparation.Failure) {
            let preparation = ModelPreparation(
                store: store, artifacts: artifacts, trackingFolder: settings.home.trackingFolder)
            let told = try task.model.map { use throws(AttemptPreparation.Failure) in
                try preparation.trial(use, task, in: dag, rendering)
            }
            plan.environment.merge(told?.variables ?? [:]) { _, given in given }
            plan.links = told?.links ?? []
            guard let drift = task.drift else { return }
            let key = TaskInstanceKey(
                run: rendering.facts.run.number, task: index, mapIndex: rendering.facts.mapIndex)
            let context = AttemptContext(
                attempt: AttemptID(""), key: key, tryNumber: 1, run: rendering.facts.run, dag: dag,
                files: AttemptFiles(home: settings.home, attempt: AttemptID(""), key: key))
            let specification = try DriftPreparation(store: store, artifacts: artifacts).specification(
                drift, context, told?.version
            ) { (text: TemplateText) throws(AttemptPreparation.Failure) in
                try AttemptPreparation.rendered { () throws(TemplateRendering.Failure) in
                    try rendering.text(text)
                }
            }
            plan.performance?.specification["drift"] = .object(specification)
        } catch {
            guard error.kind == .nothingToDo else {
                throw TemplateRendering.Failure(text: error.text, isMachineFault: error.kind == .machine)
            }
            plan.skipReason = error.text
        }
    }

    // MARK: Help

    /// Everything that a trial must not show.
    private func secrets(_ used: TrackedValues) throws(TemplateRendering.Failure) -> [String] {
        do throws(ValueError) { return try values.currentSecrets().union(used.secrets).sorted() } catch {
            throw TemplateRendering.Failure(text: error.sentence)
        }
    }

    private func rendering(
        _ preview: TaskPreview, _ values: (any ValueSource)? = nil
    ) throws(ControlPlaneError) -> TemplateRendering {
        let dag = try catalog.triggerable(preview.dagID)
        guard let index = dag.index(of: preview.taskID) else { throw .unknownTask(dag.id, preview.taskID) }
        let run = try imaginedRun(of: dag, preview)
        let parameters = run.parameters.merging(try mappedParameters(of: dag.tasks[index], preview.mapIndex))
        let facts = TemplateFacts(
            run: run, dag: dag, task: preview.taskID, mapIndex: preview.mapIndex, tryNumber: 1,
            previousSuccess: store.previousSuccess(of: run))
        return TemplateRendering(
            parameters: parameters, outputs: [:], facts: facts, values: values ?? self.values)
    }

    /// What an instance of a mapped task is given, as far as the file says it.
    private func mappedParameters(
        of task: TaskDefinition, _ mapIndex: Int
    ) throws(ControlPlaneError) -> JSONObject {
        guard let mapping = task.flow.mapping else {
            guard mapIndex < 0 else { throw .invalidRequest("the task `\(task.id)` is not mapped") }
            return JSONObject()
        }
        if let (upstream, name) = mapping.outputs.first {
            throw .invalidRequest(
                "the task `\(task.id)` is mapped over the output `\(name)` of `\(upstream)`, which is not known "
                    + "without a run")
        }
        let parameters: MappedParameters
        do throws(MappedParameters.Problem) {
            parameters = try MappedParameters(mapping) { _, _ in nil }
        } catch {
            throw .invalidRequest("the task `\(task.id)` cannot be mapped: \(error.text)")
        }
        guard (0..<parameters.count).contains(mapIndex) else {
            throw .invalidRequest(
                "the task `\(task.id)` has \(parameters.count) instances; say which with --map-index 0 to "
                    + "\(parameters.count - 1)")
        }
        return parameters[mapIndex]
    }

    /// A run as `trigger` would make it, which nobody records.
    private func imaginedRun(of dag: DAG, _ preview: TaskPreview) throws(ControlPlaneError) -> DAGRun {
        let parameters: JSONObject
        do throws(ParameterResolution.Failure) {
            parameters = try ParameterResolution(dag.settings.parameters).resolve(
                conf: preview.conf, assignments: preview.parameterTexts.map { "\($0.name)=\($0.text)" })
        } catch {
            throw .invalidParameters(error.problems)
        }
        let now = WallClock.now()
        return DAGRun(
            number: RunNumber(0), dagID: dag.id,
            runID: RunID("test__\((preview.logicalDate ?? now).runIDText)"), version: dag.version,
            type: .manual, trigger: .commandLine, logicalDate: preview.logicalDate,
            dataIntervalStart: preview.logicalDate, dataIntervalEnd: preview.logicalDate, runAfter: now,
            queuedAt: now, parameters: parameters, state: .running, startDate: now)
    }

    /// The outputs that the task's templates look at.
    private func outputs(
        for task: TaskDefinition, of run: DAGRun, _ dag: DAG
    ) throws(ControlPlaneError) -> [TaskID: JSONObject] {
        let named = task.templateTasks(in: dag).compactMap { dag.index(of: $0) }
        guard !named.isEmpty else { return [:] }
        let data = try reading { () throws(StateStoreError) in
            try store.data(of: run.number, tasks: named.sorted())
        }
        return Dictionary(grouping: data, by: \.key.task).reduce(into: [:]) { result, reports in
            result[dag.tasks[reports.key].id] = AttemptPreparation.joined(
                reports.value.map { report in JSONObject(report.outputs.map { ($0.name, $0.value) }) },
                isMapped: reports.value.contains { $0.key.mapIndex >= 0 })
        }
    }
}
