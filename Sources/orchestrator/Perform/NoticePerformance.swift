import JSONText

/// Sends one notice, once: a webhook or an e-mail. Its exit code tells whether to try again: 65 and 78 say that it
/// would change nothing.
struct NoticePerformance {
    private let specification: JSONValue

    init(_ specification: JSONValue) {
        self.specification = specification
    }

    /// - Throws: `CommandFailure` when nobody has got it, as far as we know.
    func perform() async throws {
        switch specification["kind"]?.stringValue {
        case "webhook": try await WebhookDelivery(specification).send()
        case "email": try await MailDelivery(specification).send()
        default: throw CommandFailure(.badData, "this is not what the scheduler wrote")
        }
    }
}
