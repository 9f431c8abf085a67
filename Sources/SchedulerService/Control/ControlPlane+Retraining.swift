import DAGDomain
import SchedulerCore
import StateStore

extension ControlPlane {
    /// What a DAG with `retrain_when` waits for; nil when its newest good version has none.
    package func retraining(of dagID: DAGID) throws(ControlPlaneError) -> RetrainSituation? {
        guard let dag = catalog.entry(dagID)?.dag, dag.settings.retraining != nil else { return nil }
        return try reading { () throws(StateStoreError) in
            guard let status = try store.dag(dagID)?.status else { return nil }
            let counts = try store.runCounts(of: [dagID])
            let unfinished = counts.filter { !$0.state.isFinished }.reduce(0) { $0 + $1.runs }
            return RetrainSituation(
                of: dag, status, try store.retrainState(of: dagID), unfinished: unfinished,
                at: WallClock.now())
        }
    }
}
