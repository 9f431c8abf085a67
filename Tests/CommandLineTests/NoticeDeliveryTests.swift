import DAGDomain
import JSONText
import Testing

@testable import orchestrator

@Suite("How notices are sent") struct NoticeDeliveryTests {
    /// The vector of the tests of the Standard Webhooks libraries.
    @Test func theSignatureIsThatOfStandardWebhooks() throws {
        let signature = try WebhookSignature(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(
            signature.text(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body: #"{"test": 2432232314}"#)
                == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(throws: CommandFailure.self) { try WebhookSignature(secret: "whsec_?") }
    }

    /// What a connection means: port, security, and why it cannot be used.
    @Test(arguments: [
        (#"{"host":"mail.example.org"}"#, "mail.example.org:587 starttls"),
        (#"{"host":"mail.example.org","port":465}"#, "mail.example.org:465 implicit"),
        (#"{"host":"mail.example.org","port":2525}"#, "mail.example.org:2525 starttls"),
        (#"{"host":"mail.example.org","extra":"{\"disable_ssl\":false}"}"#, "mail.example.org:465 implicit"),
        (#"{"host":"mail.example.org","extra":"{\"disable_tls\":true}"}"#, "mail.example.org:25 none"),
        (#"{"host":"mail.example.org","extra":"{\"tls\":\"implicit\"}"}"#, "mail.example.org:465 implicit"),
        (#"{"host":"localhost"}"#, "localhost:25 none"),
        (#"{"host":"127.0.0.1","login":"ann","password":"x"}"#, "127.0.0.1:25 none"),
        (#"{"host":"localhost","extra":"{\"tls\":\"starttls\"}"}"#, "localhost:587 starttls"),
        (
            #"{"host":"mail.example.org","login":"ann","extra":"{\"tls\":\"none\"}"}"#,
            #"a password is not sent to another machine without TLS ("tls": "none")"#
        ),
        (#"{"host":""}"#, "the mail connection has no host"),
        (
            #"{"host":"x","extra":"{\"tls\":true}"}"#,
            #""tls" of the mail connection is implicit, starttls or none"#
        ),
    ]) func aConnectionIsAServer(connection: String, expected: String) throws {
        let found: String
        do throws(CommandFailure) {
            let server = try MailServer((try? JSONValue.parse(connection)) ?? .null)
            found = "\(server.host):\(server.port) \(server.security.rawValue)"
        } catch {
            found = error.messages.joined()
        }
        #expect(found == expected)
    }

    @Test func headersAreSafe() {
        #expect(MailMessage.encoded("plain words") == "plain words")
        #expect(MailMessage.encoded("two\r\nBcc: evil@example.org") == "two Bcc: evil@example.org")
        #expect(MailMessage.encoded("=?x?=") == "=?UTF-8?B?PT94Pz0=?=")
        let long = MailMessage.encoded(String(repeating: "ä", count: 60))
        #expect(long.split(separator: "\r\n ").count == 3)
        #expect(long.split(separator: "\r\n ").allSatisfy { $0.utf8.count <= 75 })
        #expect(
            MailMessage.text(of: Timestamp(secondsSinceEpoch: 1_767_225_600))
                == "Thu, 01 Jan 2026 00:00:00 +0000")
        #expect(SMTPSession.stuffed(Array(".a\r\n.b\r\nc.\r\n".utf8)) == "..a\r\n..b\r\nc.\r\n")
    }
}
