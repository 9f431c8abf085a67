import Dispatch
import Glibc

/// Bytes to a server and back, as no proper client would send them.
struct RawConnection: Sendable {
    enum Address: Sendable {
        case socket(String)
        case port(UInt16)
    }

    /// Sends `pieces` until the server closes or all are sent, then reads to the end.
    ///
    /// - Parameter onBody: called once, when the answer's body has begun.
    static func exchange(
        _ address: Address, _ pieces: [[UInt8]], onBody: @escaping @Sendable () -> Void = {}
    ) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: exchangeNow(address, pieces, onBody))
            }
        }
    }

    private static func exchangeNow(
        _ address: Address, _ pieces: [[UInt8]], _ onBody: () -> Void
    ) -> String {
        let descriptor = connected(address)
        guard descriptor >= 0 else { return "not connected: \(errno)" }
        defer { close(descriptor) }
        for piece in pieces where send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL)) < 0 {
            break
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            let hadBody = hasBody(answer)
            answer += buffer[..<count]
            if !hadBody, hasBody(answer) { onBody() }
        }
        return String(decoding: answer, as: UTF8.self)
    }

    /// Whether something follows the head.
    private static func hasBody(_ answer: [UInt8]) -> Bool {
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        return end.upperBound < answer.endIndex
    }

    private static func connected(_ address: Address) -> Int32 {
        switch address {
        case .socket(let path):
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
            return connect(descriptor, &name) ? descriptor : -1
        case .port(let port):
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return connect(descriptor, &name) ? descriptor : -1
        }
    }

    private static func connect<Name>(_ descriptor: Int32, _ name: inout Name) -> Bool {
        withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Name>.size)) == 0
            }
        }
    }
}
