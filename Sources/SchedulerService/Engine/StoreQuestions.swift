import DAGDomain
import SchedulerCore
import StateStore

extension StateStore {
    /// Whether the id or the logical date of a run is taken.
    func hasRun(_ dagID: DAGID, _ runID: RunID, or logicalDate: Timestamp) throws(StateStoreError) -> Bool {
        if try existsRun(dagID, runID) { return true }
        return try existsLogicalDate(dagID, logicalDate)
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
        case .unknownRun(let number): self = .conflict("run number \(number.value) is not known")
        case .runIsFinished(_, let state): self = .conflict("the run has already ended: \(state.rawValue)")
        case .unknownPool(let name): self = .unknownPool(name)
        case .poolIsPermanent(let name): self = .conflict("the pool `\(name)` cannot be deleted")
        }
    }
}
