import DAGDomain
import Synchronization

/// Which tasks of the unfinished runs left outputs or artifacts, so that the many that leave nothing cost their
/// downstreams no look into the database.
///
/// It knows only runs that began in this process; of others it says that it does not know.
final class ReportIndex: Sendable {
    private let reporters = Mutex<[RunNumber: Set<Int>]>([:])

    /// Follows a committed batch.
    func follow(_ transitions: [Transition]) {
        reporters.withLock { reporters in
            for transition in transitions {
                switch transition {
                case .runCreated(let run, _): reporters[run.number] = []
                case .runChanged(_, let run) where run.state.isFinished: reporters[run.number] = nil
                case .reportRecorded(let instance, let report):
                    if !report.outputs.isEmpty || !report.artifacts.isEmpty {
                        _ = reporters[instance.run]?.insert(instance.task)
                    }
                default: break
                }
            }
        }
    }

    /// Those of `tasks` that may have left something.
    func reporters(of run: RunNumber, among tasks: Set<Int>) -> Set<Int> {
        reporters.withLock { $0[run]?.intersection(tasks) ?? tasks }
    }
}
