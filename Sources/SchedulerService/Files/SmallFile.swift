import Glibc

/// Reads files that a task wrote and that may be anything: a link, a pipe, a device, far too large.
enum SmallFile {
    enum Failure: Error, Equatable {
        case notRegular
        case tooLarge(limitBytes: Int)
        case system(Int32)
    }

    /// The bytes of a regular file of at most `limit` bytes; nil when there is no file.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw errno == ELOOP ? .notRegular : .system(errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_size <= limit else { throw .tooLarge(limitBytes: limit) }
        return try readAll(descriptor, limit: limit)
    }

    private static func readAll(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > limit { throw .tooLarge(limitBytes: limit) }
        }
    }

    /// Writes a file that readers see whole or not at all.
    static func write(_ text: String, to path: String) throws(Failure) {
        let temporary = path + ".new"
        try writeUnread(text, to: temporary)
        guard rename(temporary, path) == 0 else { throw .system(errno) }
    }

    /// Writes a file that nobody reads before this is done.
    static func writeUnread(_ text: String, to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            bytes = bytes.dropFirst(count)
        }
    }
}

extension SmallFile.Failure {
    /// The rest of a sentence that begins with the file's role.
    var text: String {
        switch self {
        case .notRegular: "is not a regular file"
        case .tooLarge(let limit): "is larger than \(limit) bytes"
        case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
