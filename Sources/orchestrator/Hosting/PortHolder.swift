import Glibc

/// Finds out who listens on a TCP port, for the message that it is taken.
enum PortHolder {
    /// `process 4711 (nginx)`; nil when nobody is found or the process belongs to somebody else.
    static func describe(port: Int) -> String? {
        let sockets = listeningSockets(port: port)
        guard !sockets.isEmpty else { return nil }
        for name in FileAccess.names(in: "/proc") {
            guard let number = Int32(name), holds(number, sockets) else { continue }
            let command = (try? FileAccess.read("/proc/\(number)/comm")).map {
                String(decoding: $0, as: UTF8.self)
            }
            let title = command.map { " (" + $0.filter { $0 != "\n" } + ")" } ?? ""
            return "process \(number)\(title)"
        }
        return nil
    }

    /// The inodes of sockets in state LISTEN (0A in proc_net_tcp(5)) on the port.
    private static func listeningSockets(port: Int) -> Set<Substring> {
        let ending = ":" + String(0x10000 + port, radix: 16, uppercase: true).suffix(4)
        var found: Set<Substring> = []
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let bytes = (try? FileAccess.read(path)) ?? []
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                if fields.count > 9, fields[1].hasSuffix(ending), fields[3] == "0A" {
                    found.insert(fields[9])
                }
            }
        }
        return found
    }

    private static func holds(_ process: Int32, _ sockets: Set<Substring>) -> Bool {
        FileAccess.names(in: "/proc/\(process)/fd").contains { descriptor in
            var buffer = [CChar](repeating: 0, count: 64)
            let count = readlink("/proc/\(process)/fd/\(descriptor)", &buffer, buffer.count - 1)
            guard count > 0 else { return false }
            let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return sockets.contains { target == "socket:[\($0)]" }
        }
    }
}
