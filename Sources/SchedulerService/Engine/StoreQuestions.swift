import DAGDomain
import SchedulerCore
import StateStore

extension StateStore {
    /// Whether the id or the logical date of a run is taken.
    func hasRun(_ dagID: DAGID, _ runID: RunID, or logicalDate: Timestamp?) throws(StateStoreError) -> Bool {
        if try existsRun(dagID, runID) { return true }
        guard let logicalDate else { return false }
        return try existsLogicalDate(dagID, logicalDate)
    }

    /// The outputs of a run that the scheduler's decisions need.
    func watchedOutputs(
        of run: RunNumber, in dag: DAG
    ) throws(StateStoreError) -> [TaskInstanceKey: [TaskOutput]] {
        let watched = RunPlan.watchedOutputs(of: dag)
        var choosing: [Int: TrialSelection] = [:]
        for (task, names) in watched where names.contains(TrialSelection.candidateName) {
            choosing[task] = dag.tasks[task].flow.selection
        }
        return try decisiveOutputs(of: run, tasks: watched.keys.sorted(), choosing: choosing)
    }

    /// What decisions go by in what instances reported.
    ///
    /// - Parameter choosing: tasks whose best instance is asked for.
    func decisiveOutputs(
        of run: RunNumber, tasks: [Int], choosing: [Int: TrialSelection]
    ) throws(StateStoreError) -> [TaskInstanceKey: [TaskOutput]] {
        guard !tasks.isEmpty else { return [:] }
        var outputs: [TaskInstanceKey: [TaskOutput]] = [:]
        for report in try data(of: run, tasks: tasks) where !report.outputs.isEmpty {
            outputs[report.key] = report.outputs
        }
        guard !choosing.isEmpty else { return outputs }
        for instance in try loadRun(run)?.instances ?? []
        where instance.state == .success {
            guard let selection = choosing[instance.key.task],
                let candidate = selection.candidate(in: try lastMetrics(of: instance.key))
            else { continue }
            outputs[instance.key, default: []].append(candidate)
        }
        return outputs
    }

    /// The run before an instant, as a later one asks for it.
    func previousRun(
        of dagID: DAGID, before date: Timestamp, dag: (DAGRun) -> DAG?
    ) throws(StateStoreError) -> PreviousRun? {
        guard let run = try run(of: dagID, before: date), let dag = dag(run),
            let loaded = try loadRun(run.number)
        else { return nil }
        return PreviousRun(run: run, dag: dag, instances: loaded.instances)
    }

    /// The numbers of all runs of a DAG.
    func runNumbers(of dagID: DAGID) throws(StateStoreError) -> [RunNumber] {
        var filter = RunFilter()
        filter.dagIDs = [dagID]
        filter.limit = .max
        return try runs(filter).rows.map(\.run.number)
    }
}

extension SchedulerEngine {
    /// Refuses a run whose id or logical date a run of the DAG already has, finished or not.
    func checkNotTaken(_ request: RunRequest) throws(ControlPlaneError) {
        if let runID = request.runID,
            try reading({ () throws(StateStoreError) in try store.existsRun(request.dagID, runID) })
        {
            throw ControlPlaneError(.runIDTaken(request.dagID, runID))
        }
        if let date = request.logicalDate,
            try reading({ () throws(StateStoreError) in try store.existsLogicalDate(request.dagID, date) })
        {
            throw ControlPlaneError(.logicalDateTaken(request.dagID, date))
        }
    }
}

extension ControlPlaneError {
    init(_ refusal: SchedulerRefusal) {
        switch refusal {
        case .unknownDAG(let dagID): self = .unknownDAG(dagID)
        case .runIDTaken(let dagID, let runID):
            self = .conflict("DAG `\(dagID)` already has a run `\(runID)`")
        case .logicalDateTaken(let dagID, let date):
            self = .conflict("DAG `\(dagID)` already has a run with the logical date \(date.rfc3339)")
        case .runTypeNotAllowed(let dagID, let type, let allowed):
            let words = DAGRunType.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
            self = .conflict(
                "DAG `\(dagID)` allows no \(type.rawValue) run; its allowed_run_types: \(words)")
        case .unknownRun(let number): self = .conflict("run number \(number.value) is not known")
        case .runIsFinished(_, let state): self = .conflict("the run has already ended: \(state.rawValue)")
        case .runIsUnfinished(let number, let state):
            self = .conflict(
                "run number \(number.value) is \(state.rawValue): only a run that has ended can move")
        case .doesNotWait: self = .conflict("the task does not wait for anything any more")
        case .unknownPool(let name): self = .unknownPool(name)
        case .backfillIsNotActive(let id): self = .conflict("backfill \(id.value) is already complete")
        case .poolIsPermanent(let name): self = .conflict("the pool `\(name)` cannot be deleted")
        }
    }
}
