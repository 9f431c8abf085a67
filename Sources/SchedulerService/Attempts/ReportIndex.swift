import DAGDomain
import Synchronization

/// Which tasks of the unfinished runs left outputs or artifacts, so that the many that leave nothing cost their
/// downstreams no look into the database.
///
/// It knows only runs that began in this process; of others it says that it does not know.
final class ReportIndex: Sendable {
    private let reporters = Mutex<[RunNumber: [Int: Int]]>([:])

    /// Follows a committed batch.
    func follow(_ transitions: [Transition]) {
        reporters.withLock { reporters in
            for transition in transitions {
                switch transition {
                case .runCreated(let run, _): reporters[run.number] = [:]
                case .runChanged(_, let run) where run.state.isFinished: reporters[run.number] = nil
                case .reportRecorded(let instance, let report):
                    if !report.outputs.isEmpty || !report.artifacts.isEmpty {
                        reporters[instance.run]?[instance.task, default: 0] += 1
                    }
                case .reportsForgotten(let instance):
                    if reporters[instance.run]?[instance.task] != nil {
                        reporters[instance.run]?[instance.task, default: 0] += 1
                    }
                default: break
                }
            }
        }
    }

    /// Those of `tasks` that may have left something.
    func reporters(of run: RunNumber, among tasks: Set<Int>) -> Set<Int> {
        reporters.withLock { reporters in
            reporters[run].map { known in tasks.filter { known[$0] != nil } } ?? tasks
        }
    }

    /// A number that grows with every change of what tasks left; nil for a run that is not known.
    func revision(of run: RunNumber, among tasks: Set<Int>) -> Int? {
        reporters.withLock { reporters in
            reporters[run].map { known in tasks.reduce(0) { $0 + (known[$1] ?? 0) } }
        }
    }
}
