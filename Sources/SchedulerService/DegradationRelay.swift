import Synchronization

/// Brings the engine's health to the control plane, which is made after the engine.
final class DegradationRelay: Sendable {
    private let target = Mutex<ControlPlane?>(nil)

    func connect(_ target: ControlPlane) {
        self.target.withLock { $0 = target }
    }

    func set(_ reason: String?) {
        target.withLock { $0 }?.setDegradation(reason)
    }
}
