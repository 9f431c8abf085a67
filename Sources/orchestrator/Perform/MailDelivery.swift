import DAGDomain
import JSONText
import SchedulerService

/// Sends a notice as an e-mail.
struct MailDelivery {
    private let specification: JSONValue

    init(_ specification: JSONValue) {
        self.specification = specification
    }

    func send() async throws {
        let server = try MailServer(specification["server"] ?? .null)
        let recipients = try addresses("to") + addresses("cc")
        guard !recipients.isEmpty else { throw CommandFailure(.badData, "the e-mail has no recipient") }
        let sender = try addresses("from").first ?? server.defaultSender
        guard let sender, MailAddress.isValid(sender) else {
            throw CommandFailure(
                .badData,
                "the e-mail has no sender; give the notice \"from\", or the connection \"from_email\"")
        }
        let notice = specification["notice"] ?? .null
        let message = MailMessage(
            id: specification["id"]?.stringValue ?? "", date: WallClock.now(), sender: sender,
            to: try addresses("to"), cc: try addresses("cc"),
            subject: text("subject") ?? notice["text"]?.stringValue ?? "notice",
            body: text("body") ?? MailMessage.text(of: notice))
        let timeout = specification["timeout_ms"]?.intValue ?? 60_000
        let session = SMTPSession(server: server, timeoutMilliseconds: timeout)
        let refused = try await session.send(
            message.bytes, from: MailAddress.bare(sender) ?? sender,
            to: recipients.compactMap(MailAddress.bare))
        // What is said beside a success is kept with the notice.
        for line in refused { PerformanceReport().say("not to everybody: \(line)") }
    }

    private func text(_ key: String) -> String? {
        guard let value = specification[key], !value.isNull else { return nil }
        return value.stringValue ?? value.text()
    }

    /// One address, a list of them, or several with commas between them, as a template may bring.
    private func addresses(_ key: String) throws(CommandFailure) -> [String] {
        guard let value = specification[key], !value.isNull else { return [] }
        var found: [String] = []
        for element in value.arrayValue ?? [value] {
            for part in (element.stringValue ?? "").split(separator: ",") {
                let text = part.trimmed
                guard MailAddress.isValid(text) else {
                    throw CommandFailure(
                        .badData, "\(text.quotedForMessage) in \"\(key)\" is no mail address")
                }
                found.append(text)
            }
        }
        return found
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
