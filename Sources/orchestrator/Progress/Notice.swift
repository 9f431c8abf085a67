import Synchronization

/// A line for the person, set by one part of the program and shown by the part that owns the screen.
final class Notice: Sendable {
    private let value = Mutex<String?>(nil)

    var text: String? { value.withLock { $0 } }

    func set(_ text: String) {
        value.withLock { $0 = text }
    }
}
