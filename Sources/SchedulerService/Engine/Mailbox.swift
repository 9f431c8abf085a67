import Synchronization

/// Where everything that happens waits for the scheduler, in order of arrival.
///
/// Whoever finds it empty must ring the bell; the scheduler then takes all there is. So the cost of a commit is
/// shared by whatever arrived during the one before it.
final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])

    /// - Returns: whether the mailbox was empty, so that the owner must be woken.
    func put(_ message: Message) -> Bool {
        messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
    }

    var isEmpty: Bool { messages.withLock(\.isEmpty) }

    func takeAll() -> [Message] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
