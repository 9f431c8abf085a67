import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore

/// A clear or a mark by hand.
package enum InstanceEdit: Hashable, Sendable {
    case clear
    case mark(TaskInstanceState)

    fileprivate var markedState: TaskInstanceState? {
        if case .mark(let state) = self { state } else { nil }
    }
}

extension ControlPlane {
    /// Resets task instances so that they run again; with `dryRun` only says which.
    ///
    /// - Parameter onNewestVersion: moves the runs, all of which must have ended, onto the newest version of the DAG.
    package func clear(
        dagID: DAGID, _ runs: RunChoice, _ selection: InstanceSelection, onNewestVersion: Bool = false,
        dryRun: Bool, by: String
    ) async throws(ControlPlaneError) -> [RunChange] {
        let newest = onNewestVersion ? try catalog.triggerable(dagID) : nil
        return try await edit(.clear, dagID, runs, selection, newest: newest, dryRun: dryRun, by: by)
    }

    /// Sets the state of task instances by hand; with `dryRun` only says which.
    package func mark(
        dagID: DAGID, _ runs: RunChoice, _ selection: InstanceSelection, as state: TaskInstanceState,
        dryRun: Bool, by: String
    ) async throws(ControlPlaneError) -> [RunChange] {
        guard [.success, .failed, .skipped].contains(state) else {
            throw .invalidRequest("a task can be marked success, failed or skipped, not \(state.rawValue)")
        }
        return try await edit(.mark(state), dagID, runs, selection, newest: nil, dryRun: dryRun, by: by)
    }

    private func edit(
        _ edit: InstanceEdit, _ dagID: DAGID, _ choice: RunChoice, _ selection: InstanceSelection,
        newest: DAG?, dryRun: Bool, by user: String
    ) async throws(ControlPlaneError) -> [RunChange] {
        var plans: [RunEdit] = []
        for run in try chosenRuns(of: dagID, choice) {
            let plan = try plan(edit, run, selection, newest, by: user, isNamed: run.runID == choice.runID)
            if let plan { plans.append(plan) }
        }
        var changes: [RunChange] = []
        // One commit for so many runs: the scheduler is not held up for longer.
        for start in stride(from: 0, to: plans.count, by: 50) {
            let part = Array(plans[start..<min(start + 50, plans.count)])
            changes += try await engine.perform { engine throws(ControlPlaneError) in
                let restored = try part.restored(engine)
                let changes = try part.tried(on: engine.machine, after: restored, edit, by: user)
                guard !dryRun else { return changes }
                for (events, plan) in zip(restored, part) {
                    for event in events + plan.events {
                        if let refusal = engine.handle(event).refusal { throw ControlPlaneError(refusal) }
                    }
                }
                return changes
            }
        }
        return changes.filter { !$0.isNothing || $0.run.runID == choice.runID }
    }

    /// In order of their dates.
    private func chosenRuns(of dagID: DAGID, _ choice: RunChoice) throws(ControlPlaneError) -> [DAGRun] {
        var (from, through) = (choice.from, choice.through)
        if let runID = choice.runID {
            let run = try existingRun(dagID, runID)
            guard choice.includesPast || choice.includesFuture else { return [run] }
            guard let date = run.logicalDate else {
                throw .invalidRequest(
                    "run `\(runID)` has no logical date, so no run is in its past or its future")
            }
            from = choice.includesPast ? nil : date
            through = choice.includesFuture ? nil : date
        } else if catalog.entry(dagID) == nil {
            throw .unknownDAG(dagID)
        }
        var filter = RunFilter()
        filter.dagIDs = [dagID]
        filter.logicalDate = TimestampRange(from: from, through: through)
        filter.order = .logicalDate
        filter.descending = false
        filter.limit = .max
        let chosen = filter
        let rows = try reading { () throws(StateStoreError) in try store.runs(chosen).rows }
        return rows.map(\.run).filter { $0.logicalDate != nil }
    }

    // MARK: One run

    /// - Parameter isNamed: an unknown task is an error in the run that was named; other runs may be of other versions.
    /// - Returns: nil when the selection means nothing in the run.
    private func plan(
        _ edit: InstanceEdit, _ run: DAGRun, _ selection: InstanceSelection, _ newest: DAG?, by user: String,
        isNamed: Bool
    ) throws(ControlPlaneError) -> RunEdit? {
        let old = try definition(of: run)
        let dag = newest ?? old
        let isMoved = dag.version != run.version
        guard !isMoved || run.state.isFinished else {
            throw .conflict(
                "run `\(run.runID)` is \(run.state.rawValue): only a run that has ended can go on on the newest "
                    + "version of its DAG")
        }
        var starts: [Int] = []
        for taskID in selection.taskIDs {
            guard let index = dag.index(of: taskID) else {
                if isNamed { throw .unknownTask(dag.id, taskID) }
                continue
            }
            starts.append(index)
        }
        guard !starts.isEmpty || selection.taskIDs.isEmpty else { return nil }
        let parameters = try parameters(of: run, old, dag, changedBy: selection.assignments)
        var instances = selection.needsInstances || isMoved ? try self.instances(of: run) : []
        var plan = RunEdit(run: run, old: old, dag: dag)
        if isMoved {
            let moved = RunRepinning(of: run, instances, from: old, to: dag, parameters: parameters)
            instances = moved.instances
            plan.moved = moved
            plan.events = [
                .runRepinned(run.number, to: dag, parameters, outputs: try watchedOutputs(of: run, old, dag))
            ]
        } else if parameters != run.parameters {
            plan.events = [.runParametersChanged(run.number, parameters)]
        }
        let places = selection.places(in: dag, starts, instances, withSetups: edit == .clear)
        guard !places.isEmpty || isMoved else { return RunEdit(run: run, old: old, dag: dag) }
        switch edit {
        case .clear:
            if let use = selection.cacheUse(after: run.cacheUse) {
                plan.events.append(.cacheUseChanged(run.number, use))
            }
            plan.events.append(.instancesCleared(run.number, places, by: user))
        case .mark(let state): plan.events.append(.instancesMarked(run.number, places, as: state, by: user))
        }
        return plan
    }

    /// The run's params, with some of them changed, as a version wants them. A param that the version does not declare
    /// any more is left out.
    private func parameters(
        of run: DAGRun, _ old: DAG, _ dag: DAG, changedBy assignments: [String]
    ) throws(ControlPlaneError) -> JSONObject {
        guard !assignments.isEmpty || dag.version != old.version else { return run.parameters }
        var known = run.parameters
        if dag.version != old.version {
            let declared = Set(dag.settings.parameters.map(\.name))
            known = JSONObject(
                zip(run.parameters.keys, run.parameters.values).filter { declared.contains($0.0) })
        }
        do throws(ParameterResolution.Failure) {
            return try ParameterResolution(dag.settings.parameters).resolve(
                conf: known, assignments: assignments)
        } catch {
            throw .invalidParameters(error.problems)
        }
    }

    /// What the new version's conditions and mappings ask of tasks that the run has already.
    private func watchedOutputs(
        of run: DAGRun, _ old: DAG, _ new: DAG
    ) throws(ControlPlaneError) -> [TaskInstanceKey: [TaskOutput]] {
        let watched = RunPlan.watchedOutputs(of: new)
        let places = watched.keys.compactMap { task in
            old.index(of: new.tasks[task].id).map { (new: task, old: $0) }
        }
        var choosing: [Int: TrialSelection] = [:]
        for place in places where watched[place.new]?.contains(TrialSelection.candidateName) == true {
            choosing[place.old] = new.tasks[place.new].flow.selection
        }
        let chosen = choosing
        return try reading { () throws(StateStoreError) in
            try store.decisiveOutputs(
                of: run.number, tasks: places.map(\.old).sorted(), choosing: chosen)
        }
    }
}

/// A clear or a mark of one run: the events that do it.
private struct RunEdit: Sendable {
    let run: DAGRun
    let old: DAG
    let dag: DAG
    var moved: RunRepinning?
    var events: [SchedulerEvent] = []
}

extension [RunEdit] {
    /// For each the event that brings its run back, if the scheduler does not hold it.
    fileprivate func restored(
        _ engine: isolated SchedulerEngine
    ) throws(ControlPlaneError) -> [[SchedulerEvent]] {
        var restored: [[SchedulerEvent]] = []
        for plan in self {
            guard !engine.machine.holds(plan.run.number) else {
                restored.append([])
                continue
            }
            restored.append([try engine.restoring(plan.run, plan.old)])
        }
        return restored
    }

    /// What a copy of the scheduler does with the events; nothing is changed.
    fileprivate func tried(
        on machine: SchedulerStateMachine, after restored: [[SchedulerEvent]], _ edit: InstanceEdit,
        by user: String
    ) throws(ControlPlaneError) -> [RunChange] {
        var machine = machine
        var changes: [RunChange] = []
        let now = WallClock.now()
        for (plan, restored) in zip(self, restored) {
            var transitions: [Transition] = []
            for event in restored + plan.events {
                let decision = machine.handle(event, at: now)
                if let refusal = decision.refusal { throw ControlPlaneError(refusal) }
                transitions += decision.transitions
            }
            changes.append(plan.change(transitions, edit, by: user))
        }
        return changes
    }
}

extension RunEdit {
    fileprivate func change(_ transitions: [Transition], _ edit: InstanceEdit, by user: String) -> RunChange {
        let edited = EditedInstances(in: transitions, as: edit.markedState, by: user)
        var ranks = [Int](repeating: 0, count: dag.tasks.count)
        for (rank, task) in dag.graph.topologicalOrder.enumerated() { ranks[task] = rank }
        let sorted = edited.before.filter { dag.tasks.indices.contains($0.key.task) }.sorted {
            (ranks[$0.key.task], $0.key.mapIndex) < (ranks[$1.key.task], $1.key.mapIndex)
        }
        return RunChange(
            run: run, version: dag.version,
            instances: sorted.map {
                RunChange.Instance(
                    taskID: dag.tasks[$0.key.task].id, mapIndex: $0.key.mapIndex, state: $0.state)
            },
            added: moved.map { $0.added.map { dag.tasks[$0].id } } ?? [],
            removed: moved.map { $0.removed.map { old.tasks[$0].id } } ?? [])
    }
}

extension SchedulerEngine {
    /// The event that brings a finished run back.
    func restoring(_ run: DAGRun, _ dag: DAG) throws(ControlPlaneError) -> SchedulerEvent {
        let stored = try reading { () throws(StateStoreError) in try store.loadRun(run.number) }
        guard let stored else { throw .unknownRun(run.dagID, run.runID) }
        let outputs = try reading { () throws(StateStoreError) in
            try store.watchedOutputs(of: run.number, in: dag)
        }
        return .runRestored(stored.run, dag, stored.instances, outputs: outputs)
    }
}

extension InstanceSelection {
    /// What a clear changes in the run's use of the cache. A run that was asked for without it stays without.
    fileprivate func cacheUse(after use: CacheUse) -> CacheUse? {
        if usesCache { return .always }
        return use == .always ? .exceptCleared : nil
    }

    /// Whether the states or the map indices of the instances matter.
    fileprivate var needsInstances: Bool { onlyFailed || onlyRunning }

    fileprivate func places(
        in dag: DAG, _ starts: [Int], _ instances: [TaskInstance], withSetups: Bool
    ) -> [InstancePlace] {
        var chosen: [Int: Set<Int>] = [:]
        for (taskID, indices) in mapIndices {
            if let task = dag.index(of: taskID) { chosen[task] = indices }
        }
        let active = Set(TaskInstanceState.allCases.filter(\.isActive))
        let states: Set<TaskInstanceState>? =
            switch (onlyFailed, onlyRunning) {
            case (false, false): nil
            case (true, false): ClearSelection.failed
            case (false, true): active
            case (true, true): ClearSelection.failed.union(active)
            }
        return ClearSelection(
            dag: dag, tasks: starts.isEmpty ? Array(dag.tasks.indices) : starts,
            includeDownstream: includesDownstream, includeUpstream: includesUpstream, states: states,
            mapIndices: chosen, includeSetups: withSetups
        ).expanded(in: instances)
    }
}
