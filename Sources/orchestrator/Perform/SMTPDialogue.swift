import Glibc
import NIOCore

/// Commands and replies of a mail session, one at a time.
struct SMTPDialogue {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let host: String
    private var received: [UInt8] = []
    /// What the server can do, as it said after EHLO; in upper case.
    private var extensions: [String] = []

    private static let replyLimit = 64 * 1024

    init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, host: String
    ) {
        self.inbound = inbound
        self.outbound = outbound
        self.host = host
    }

    /// Whether everything that was received has been read.
    var isDrained: Bool { received.isEmpty }

    func offers(_ name: String) -> Bool { extensions.contains { $0 == name || $0.hasPrefix(name + " ") } }

    func parameters(of name: String) -> [String] {
        extensions.filter { $0.hasPrefix(name + " ") }.flatMap {
            $0.split(separator: " ").dropFirst().map(String.init)
        }
    }

    mutating func hello() async throws {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let own = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isName = !own.isEmpty && own.utf8.allSatisfy { "-.".utf8.contains($0) || $0.isLetterOrDigit }
        let lines = try await expect(250, after: "EHLO \(isName ? own : "localhost")")
        extensions = lines.dropFirst().map { $0.uppercased() }
    }

    /// Says a line, and reads the reply.
    ///
    /// - Parameters:
    ///   - line: nil waits for what the server says first.
    ///   - shown: how an error names the line, when it holds a secret or is long.
    /// - Throws: `CommandFailure` when the server says something else: `badData` when for good (5xx).
    @discardableResult
    mutating func expect(_ code: Int, after line: String?, shown: String? = nil) async throws -> [String] {
        if let line { try await outbound.write(ByteBuffer(string: line + "\r\n")) }
        let reply = try await reply()
        if reply.code == code || reply.code == 251 && code == 250 { return reply.lines }
        let said = reply.lines.joined(separator: " ").prefix(300)
        let what = (shown ?? line).map { "to \($0) " } ?? ""
        throw CommandFailure(
            (500..<600).contains(reply.code) ? .badData : .failed,
            "\(host) answered \(what)with \(reply.code) \(said)")
    }

    private mutating func reply() async throws -> (code: Int, lines: [String]) {
        var lines: [String] = []
        while true {
            let line = try await line()
            guard line.utf8.count >= 3, let code = Int(line.prefix(3)) else {
                throw CommandFailure(.failed, "\(host) does not speak SMTP")
            }
            lines.append(String(line.dropFirst(4)))
            if line.dropFirst(3).first != "-" { return (code, lines) }
            guard lines.count < 1_000 else { throw CommandFailure(.failed, "\(host) says too much") }
        }
    }

    private mutating func line() async throws -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<end]
                received.removeSubrange(...end)
                return String(
                    decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            guard received.count < Self.replyLimit else {
                throw CommandFailure(.failed, "\(host) says too much")
            }
            guard let piece = try await inbound.next() else {
                throw CommandFailure(.failed, "\(host) closed the connection, or did not answer in time")
            }
            received += piece.readableBytesView
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
