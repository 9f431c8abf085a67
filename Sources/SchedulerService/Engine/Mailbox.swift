import Synchronization

/// Where everything that happens waits for the scheduler, in order of arrival.
///
/// Whoever is told to must ring the bell; the scheduler then takes all there is. So the cost of a commit is shared by
/// whatever arrived during the one before it.
final class Mailbox<Message: Sendable>: Sendable {
    /// What the one who brought a message has to do.
    enum Bell: Sendable {
        case silent
        /// Within some milliseconds; then `isDue` is to be asked.
        case later
        case now
    }

    private struct State {
        var messages: [Message] = []
        var hasRung = false
        var ringsLater = false
    }

    private let state = Mutex(State())

    /// - Parameter canWait: nothing depends on it being taken at once: it comes along with the next message that cannot.
    func put(_ message: Message, canWait: Bool = false) -> Bell {
        state.withLock { state in
            state.messages.append(message)
            if canWait {
                guard !state.hasRung, !state.ringsLater else { return .silent }
                state.ringsLater = true
                return .later
            }
            guard !state.hasRung else { return .silent }
            state.hasRung = true
            return .now
        }
    }

    var isEmpty: Bool { state.withLock(\.messages.isEmpty) }

    /// When the bell for what can wait has rung: whether something still waits that nobody was called for.
    func isDue() -> Bool {
        state.withLock { state in
            state.ringsLater = false
            return !state.messages.isEmpty && !state.hasRung
        }
    }

    func takeAll() -> [Message] {
        state.withLock { state in
            defer { state.messages = [] }
            state.hasRung = false
            return state.messages
        }
    }
}
