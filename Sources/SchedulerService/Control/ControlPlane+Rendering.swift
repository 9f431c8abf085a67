import DAGDomain
import DAGLoading
import JSONText
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
        let facts = TemplateFacts(
            run: run, dag: dag, task: taskID, mapIndex: mapIndex, tryNumber: tryNumber,
            previousSuccess: store.previousSuccess(of: run))
        let rendering = TemplateRendering(
            parameters: run.parameters, outputs: try outputs(for: dag.tasks[task], of: run, dag),
            facts: facts, values: values)
        return rendered(rendering, runID: runID)
    }

    /// A task as it would be filled in, without a run.
    package func rendered(_ preview: TaskPreview) throws(ControlPlaneError) -> RenderedTask {
        rendered(try rendering(preview), runID: nil)
    }

    private func rendered(_ rendering: TemplateRendering, runID: RunID?) -> RenderedTask {
        let facts = rendering.facts
        let task = facts.dag.index(of: facts.task).map { facts.dag.tasks[$0] }
        let (fields, problems) = rendering.rendered(task?.templateFields(in: facts.dag) ?? [])
        return RenderedTask(
            dagID: facts.dag.id, runID: runID, taskID: facts.task, mapIndex: facts.mapIndex,
            tryNumber: facts.tryNumber, fields: fields, problems: problems, isRecorded: false)
    }

    /// What a task needs to be tried alone.
    ///
    /// - Throws: `.invalidRequest` when a place has no value, for example the output of a task that has not run.
    package func trialPlan(_ preview: TaskPreview) throws(ControlPlaneError) -> TrialPlan {
        let rendering = try rendering(preview)
        let command = TaskCommand(facts: rendering.facts, parameters: rendering.parameters)
        do throws(TemplateRendering.Failure) {
            return TrialPlan(
                dagPath: rendering.facts.dag.path, taskID: preview.taskID,
                arguments: try command.arguments(rendering),
                environment: try command.environment(
                    rendering, inherited: TaskEnvironment.inherited(from: settings.environment)),
                workingDirectory: command.workingDirectory, parameters: rendering.parameters, secrets: [])
        } catch {
            throw .invalidRequest("the task `\(preview.taskID)` cannot be tried: \(error.text)")
        }
    }

    // MARK: Help

    private func rendering(_ preview: TaskPreview) throws(ControlPlaneError) -> TemplateRendering {
        let dag = try catalog.triggerable(preview.dagID)
        guard dag.index(of: preview.taskID) != nil else { throw .unknownTask(dag.id, preview.taskID) }
        let run = try imaginedRun(of: dag, preview)
        let facts = TemplateFacts(
            run: run, dag: dag, task: preview.taskID, mapIndex: preview.mapIndex, tryNumber: 1,
            previousSuccess: store.previousSuccess(of: run))
        return TemplateRendering(parameters: run.parameters, outputs: [:], facts: facts, values: values)
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
        return Dictionary(
            data.map { report in
                (
                    dag.tasks[report.key.task].id,
                    JSONObject(report.outputs.map { ($0.name, $0.value) })
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}
