import Dispatch

/// The tests wait for processes, which blocks a thread. Each lane is a thread of its own, so that the waiting never
/// takes one of the few that the other tests' concurrency runs on. Tests of one lane run one after the other.
final class LaneExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}

/// What the program promises, test by test.
@globalActor actor ContractLane {
    static let shared = ContractLane()
    private nonisolated let executor = LaneExecutor(label: "end-to-end.contract")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
}

/// Killed daemons, full disks, failing system calls.
@globalActor actor FaultLane {
    static let shared = FaultLane()
    private nonisolated let executor = LaneExecutor(label: "end-to-end.faults")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
}
