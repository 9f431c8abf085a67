import Dispatch
import Synchronization

/// A few serial queues that share work round robin: the width of the worker pool's own work (preparing, collecting).
/// A concurrent queue would grow a thread for every blocked file operation.
final class LaneQueues: Sendable {
    private let lanes: [DispatchQueue]
    private let next = Atomic<UInt>(0)

    init(label: String, width: UInt) {
        precondition(width > 0)
        lanes = (0..<width).map { DispatchQueue(label: "\(label).\($0)", qos: .userInitiated) }
    }

    func async(_ work: @escaping @Sendable () -> Void) {
        let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
        lanes[Int(turn % UInt(lanes.count))].async(execute: work)
    }

    /// Returns when all work that was given before has been done.
    func drain() {
        for lane in lanes { lane.sync {} }
    }
}
