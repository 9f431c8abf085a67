import Glibc
import JSONText

/// Speaks HTTP/1.1 to `HOME/api.sock`: one request a connection.
struct SocketClient {
    let path: String

    struct Answer {
        let status: Int
        let body: [UInt8]

        var json: JSONValue { (try? JSONValue.parse(bytes: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// - Throws: `HarnessError` when there is no whole answer: nobody listens, or the daemon died meanwhile.
    func send(
        _ method: String, _ target: String, _ body: JSONValue? = nil, seconds: Int = 120
    ) throws -> Answer {
        let descriptor = try connected()
        defer { close(descriptor) }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        let content = body.map { Array($0.text().utf8) } ?? []
        if body != nil { head += "Content-Type: application/json\r\nContent-Length: \(content.count)\r\n" }
        let request = Array((head + "\r\n").utf8) + content
        guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw HarnessError("cannot send to \(path): errno \(errno)")
        }
        return try Self.answer(in: try everything(from: descriptor, seconds: seconds))
    }

    /// Sends a part of a request and leaves the connection open.
    func open(_ text: String) throws -> Int32 {
        let descriptor = try connected()
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        return descriptor
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            defer { close(descriptor) }
            throw HarnessError("nobody answers on \(path): errno \(errno)")
        }
        return descriptor
    }

    private func everything(from descriptor: Int32, seconds: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, Int32(seconds * 1000)) > 0 else {
                throw HarnessError("no answer on \(path) within \(seconds) s")
            }
            let count = recv(descriptor, &part, part.count, 0)
            guard count >= 0 else { throw HarnessError("\(path): errno \(errno)") }
            guard count > 0 else { return content }
            content += part.prefix(count)
        }
    }

    private static func answer(in bytes: [UInt8]) throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: separator) else { throw HarnessError("the answer was cut off") }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw HarnessError("not an HTTP answer")
        }
        let body = bytes[end.upperBound...]
        let headers = lines.dropFirst().map { $0.lowercased() }
        if headers.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.hasSuffix("chunked") }) {
            return Answer(status: status, body: try unchunked(body))
        }
        let length = headers.first { $0.hasPrefix("content-length:") }?.split(separator: " ").last.flatMap {
            Int($0)
        }
        guard length == nil || length == body.count else { throw HarnessError("the answer was cut off") }
        return Answer(status: status, body: Array(body))
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
        var rest = bytes
        var body: [UInt8] = []
        while let line = rest.firstRange(of: [13, 10]) {
            guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else {
                break
            }
            if size == 0 { return body }
            rest = rest[line.upperBound...]
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        throw HarnessError("the answer was cut off")
    }
}
