import DAGDomain
import Glibc

/// Whether somebody listens where a connection leads; nothing is said to them, so the password is not tried.
package enum ConnectionTrial {
    private static let timeoutMilliseconds: Int32 = 5_000

    private static let standardPorts: [String: Int] = [
        "ftp": 21, "ssh": 22, "sftp": 22, "smtp": 25, "http": 80, "https": 443, "mssql": 1433,
        "oracle": 1521, "mysql": 3306, "postgres": 5432, "amqp": 5672, "redis": 6379, "elasticsearch": 9200,
        "mongo": 27_017,
    ]

    /// May take some seconds.
    package static func test(_ connection: Connection) -> (works: Bool, message: String) {
        if ["sqlite", "fs", "file"].contains(connection.type) { return testFile(connection) }
        guard var host = connection.host, !host.isEmpty else {
            return (false, "the connection has no host")
        }
        var standard = connection.type
        if let mark = host.firstRange(of: "://") {
            standard = String(host[..<mark.lowerBound])
            host = String(host[mark.upperBound...].prefix { $0 != "/" })
        }
        guard let port = connection.port ?? standardPorts[standard] else {
            return (false, "the connection has no port, and none is known for \(connection.type)")
        }
        if let problem = reach(host, port) { return (false, "\(host):\(port): \(problem)") }
        return (true, "\(host):\(port) takes connections; the login was not tried")
    }

    private static func testFile(_ connection: Connection) -> (works: Bool, message: String) {
        guard let path = connection.host ?? connection.schema, !path.isEmpty else {
            return (false, "the connection names no file in \"host\"")
        }
        if access(path, R_OK) == 0 { return (true, "\(path) can be read") }
        return (false, "\(path): \(String(cString: strerror(errno)))")
    }

    /// Why no connection can be made; nil when one was.
    private static func reach(_ host: String, _ port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return String(cString: gai_strerror(code)) }
        defer { freeaddrinfo(list) }
        var problem = "no address"
        var next = list
        while let address = next?.pointee {
            guard let failure = connect(to: address) else { return nil }
            problem = failure
            next = address.ai_next
        }
        return problem
    }

    private static func connect(to address: addrinfo) -> String? {
        let descriptor = socket(
            address.ai_family, address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, timeoutMilliseconds) > 0 else { return "no answer within 5 seconds" }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
            return String(cString: strerror(errno))
        }
        return code == 0 ? nil : String(cString: strerror(code))
    }
}
