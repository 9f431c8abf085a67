import Glibc

/// Questions about unix sockets that need no request.
enum UnixSocket {
    /// The longest path that the kernel takes (sun_path, without its final zero).
    static let maximumPathLength = 107

    /// Whether somebody listens at the path. A stale socket file refuses the connection at once.
    static func isAnswered(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard path.utf8.count <= maximumPathLength else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 && isListenerAlive(descriptor)
    }

    /// A daemon that is shot while it starts a supervisor leaves a copy of its socket in the child until that
    /// has closed it: the kernel then still connects, but nobody will ever answer.
    ///
    /// `SO_PEERCRED` of unix(7) names the process that called listen(2) as three numbers: process, user,
    /// group.
    private static func isListenerAlive(_ descriptor: Int32) -> Bool {
        var credentials: [Int32] = [0, 0, 0]
        var size = socklen_t(credentials.count * MemoryLayout<Int32>.size)
        // Zero is a process of another container: alive as far as can be told.
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, credentials[0] > 0
        else {
            return true
        }
        return kill(credentials[0], 0) == 0 || errno == EPERM
    }
}
