import Synchronization

/// The messages that are being taken right now: of two equal ones that arrive together, one has to wait.
final class DeliveryClaims: Sendable {
    private let claims = Mutex<Set<String>>([])

    /// - Returns: false when one of them is taken; nothing is claimed then.
    func claim(_ keys: Set<String>) -> Bool {
        claims.withLock { claims in
            guard claims.isDisjoint(with: keys) else { return false }
            claims.formUnion(keys)
            return true
        }
    }

    func release(_ keys: Set<String>) {
        claims.withLock { $0.subtract(keys) }
    }
}
