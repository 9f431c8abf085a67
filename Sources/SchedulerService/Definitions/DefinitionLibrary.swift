import DAGDomain
import DAGLoading
import StateStore
import Synchronization

/// The DAG versions in use, by content hash: those of the folder, and those that unfinished runs are pinned to.
///
/// A version that is not in memory is read back from the text the database keeps, so a run goes on as it began even
/// when its file has changed or is gone.
package final class DefinitionLibrary: Sendable {
    private struct VersionKey: Hashable {
        let dagID: DAGID
        let hash: DAGVersionHash
    }

    private struct State {
        var versions: [VersionKey: DAG] = [:]
        var runs: [RunNumber: (run: DAGRun, dag: DAG)] = [:]
    }

    private let store: StateStore
    private let state = Mutex(State())

    init(store: StateStore) {
        self.store = store
    }

    func keep(_ dag: DAG) {
        state.withLock { $0.versions[VersionKey(dagID: dag.id, hash: dag.version)] = dag }
    }

    /// - Throws: `HostError.versionUnreadable` when the database does not hold the text or it does not load.
    package func dag(_ dagID: DAGID, _ hash: DAGVersionHash) throws -> DAG {
        let key = VersionKey(dagID: dagID, hash: hash)
        if let dag = state.withLock({ $0.versions[key] }) { return dag }
        guard let source = try store.dagSource(dagID, hash) else {
            throw HostError.versionUnreadable(dagID, hash, "its text is not in the database")
        }
        let file = DAGLoader().load(bytes: source.bytes, path: source.path, folder: source.folder)
        guard let dag = file.dag else {
            throw HostError.versionUnreadable(
                dagID, hash, file.errors.map(\.message).joined(separator: "; "))
        }
        state.withLock { $0.versions[key] = dag }
        return dag
    }

    /// A run with its definition, finished or not.
    func run(_ number: RunNumber) throws -> (run: DAGRun, dag: DAG) {
        if let known = state.withLock({ $0.runs[number] }) { return known }
        guard let run = try store.run(number)?.run else {
            throw HostError.runUnreadable(number)
        }
        let entry = (run: run, dag: try dag(run.dagID, run.version))
        if !run.state.isFinished { state.withLock { $0.runs[number] = entry } }
        return entry
    }

    /// Keeps the runs of a committed batch at hand, and lets finished ones go.
    func follow(_ transitions: [Transition]) {
        for transition in transitions {
            switch transition {
            case .runCreated(let run, _): remember(run)
            case .runChanged(_, let run): remember(run)
            case .runRepinned(let repinning, _): remember(repinning.run)
            default: break
            }
        }
    }

    private func remember(_ run: DAGRun) {
        state.withLock { state in
            if run.state.isFinished {
                state.runs[run.number] = nil
            } else if let dag = state.versions[VersionKey(dagID: run.dagID, hash: run.version)] {
                state.runs[run.number] = (run, dag)
            }
        }
    }

    /// What followers are told of a committed batch.
    func updates(for transitions: [Transition]) -> [Update] {
        transitions.compactMap { transition in
            switch transition {
            case .runCreated(let run, _), .runChanged(_, let run): .run(run)
            case .instanceChanged(_, let instance, _):
                (try? run(instance.key.run)).flatMap { entry in
                    // In a batch that moves a run onto another version, the task may be one of the old.
                    guard entry.dag.tasks.indices.contains(instance.key.task) else { return nil }
                    return .instance(
                        dagID: entry.run.dagID, runID: entry.run.runID,
                        taskID: entry.dag.tasks[instance.key.task].id, instance: instance)
                }
            case .dagStatusChanged(let status): .dag(status.dagID)
            default: nil
            }
        }
    }
}
