import DAGDomain
import Foundation
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Hands one message to a mail server (RFC 5321), under TLS as its connection says.
struct SMTPSession {
    let server: MailServer
    let timeoutMilliseconds: Int64

    private typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// - Returns: what the server said about recipients that it refused for good, when it took the message for others.
    /// - Throws: `CommandFailure`: `badData` or `badConfiguration` for what will be refused again.
    func send(
        _ message: [UInt8], from sender: String, to recipients: [String]
    ) async throws -> [String] {
        do {
            let channel = try await connect()
            let watchdog = channel.channel.eventLoop.scheduleTask(in: .milliseconds(timeoutMilliseconds)) {
                channel.channel.close(promise: nil)
            }
            defer { watchdog.cancel() }
            return try await channel.executeThenClose { inbound, outbound in
                var dialogue = SMTPDialogue(inbound.makeAsyncIterator(), outbound, host: server.host)
                try await greet(&dialogue, channel.channel)
                return try await deliver(message, from: sender, to: recipients, &dialogue)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.failed, "\(place): \(Self.text(of: error))")
        }
    }

    private var place: String { "\(server.host):\(server.port)" }

    private static func text(of error: any Error) -> String {
        guard let failure = error as? NIOSSLError else { return ConnectionLost.detail(of: error) }
        return "no TLS: \(failure)"
    }

    private func connect() async throws -> Channel {
        let context = try server.security == .implicit ? tlsContext() : nil
        let host = server.host
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(min(timeoutMilliseconds, 30_000)))
            .connect(host: host, port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(Self.tlsHandler(context, host))
                    }
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
    }

    // MARK: The dialogue

    private func greet(_ dialogue: inout SMTPDialogue, _ channel: any NIOCore.Channel) async throws {
        try await dialogue.expect(220, after: nil)
        try await dialogue.hello()
        if server.security == .startTLS {
            guard dialogue.offers("STARTTLS") else {
                throw CommandFailure(.badConfiguration, "\(place) offers no STARTTLS")
            }
            try await dialogue.expect(220, after: "STARTTLS")
            // Anything that came with the answer came unprotected (CVE-2011-0411).
            guard dialogue.isDrained else {
                throw CommandFailure(.failed, "\(place) said more than it should before TLS")
            }
            let (context, host) = (try tlsContext(), server.host)
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(
                    Self.tlsHandler(context, host), position: .first)
            }.get()
            try await dialogue.hello()
        }
        try await logIn(&dialogue)
    }

    private func logIn(_ dialogue: inout SMTPDialogue) async throws {
        guard let login = server.login else { return }
        let password = server.password ?? ""
        let methods = dialogue.parameters(of: "AUTH")
        if methods.contains("PLAIN") {
            let secret = Data("\0\(login)\0\(password)".utf8).base64EncodedString()
            try await dialogue.expect(235, after: "AUTH PLAIN \(secret)", shown: "AUTH PLAIN")
        } else if methods.contains("LOGIN") {
            try await dialogue.expect(334, after: "AUTH LOGIN")
            try await dialogue.expect(334, after: Data(login.utf8).base64EncodedString(), shown: "the login")
            try await dialogue.expect(
                235, after: Data(password.utf8).base64EncodedString(), shown: "the password")
        } else {
            throw CommandFailure(.badConfiguration, "\(place) takes no login that we know (PLAIN, LOGIN)")
        }
    }

    private func deliver(
        _ message: [UInt8], from sender: String, to recipients: [String], _ dialogue: inout SMTPDialogue
    ) async throws -> [String] {
        try await dialogue.expect(250, after: "MAIL FROM:<\(sender)>")
        var refused: [String] = []
        for recipient in recipients {
            if let reason = try await refusal(of: recipient, &dialogue) { refused.append(reason) }
        }
        guard refused.count < recipients.count else { throw CommandFailure(.badData, refused) }
        try await dialogue.expect(354, after: "DATA")
        try await dialogue.expect(250, after: Self.stuffed(message) + ".", shown: "the message")
        // The message is theirs now: how they say good-bye does not matter.
        try? await dialogue.expect(221, after: "QUIT")
        return refused
    }

    /// Why a recipient is refused for good; nil when it is not.
    private func refusal(of recipient: String, _ dialogue: inout SMTPDialogue) async throws -> String? {
        do {
            try await dialogue.expect(250, after: "RCPT TO:<\(recipient)>")
            return nil
        } catch {
            guard let failure = error as? CommandFailure, failure.status == .badData else { throw error }
            return failure.messages.joined(separator: "; ")
        }
    }

    /// A line that begins with a dot gets a second one (RFC 5321 section 4.5.2).
    static func stuffed(_ message: [UInt8]) -> String {
        let text = String(decoding: message, as: UTF8.self)
        return (text.hasPrefix(".") ? "." : "") + text.replacing("\r\n.", with: "\r\n..")
    }

    // MARK: TLS

    private func tlsContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let file = server.authorities {
            guard access(file, R_OK) == 0 else {
                throw CommandFailure(
                    .badConfiguration, "\"ca_file\" of the mail connection cannot be read: \(file)")
            }
            configuration.trustRoots = .file(file)
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// An address of numbers is compared with the certificate's addresses; it cannot be a name of the server.
    private static func tlsHandler(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
        let isNumeric = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isNumeric ? nil : host)
    }
}
