import Foundation
import Glibc

/// Why a path could not be read as a DAG file.
struct FileReadError: Error {
    let message: String
}

/// Reads files without ever waiting for one: a FIFO, a device or a socket is refused before it is opened, and
/// again after, should it have been exchanged in between.
enum RegularFile {
    static func read(_ path: String, limit: Int) throws(FileReadError) -> [UInt8] {
        var information = stat()
        guard stat(path, &information) == 0 else {
            throw FileReadError(message: describeMissing(path, errno))
        }
        try requireRegular(information)
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw FileReadError(message: "the file cannot be opened: \(reason(errno))")
        }
        defer { close(descriptor) }
        guard fstat(descriptor, &information) == 0 else {
            throw FileReadError(message: "the file cannot be read: \(reason(errno))")
        }
        try requireRegular(information)
        let size = Int(information.st_size)
        guard size <= limit else {
            throw FileReadError(message: "the file has \(size) bytes; a DAG file has at most 16 MiB")
        }
        return try readAll(descriptor, expected: size, limit: limit)
    }

    /// Reads one byte more than was announced, so that a file that grows meanwhile is read to its end or
    /// refused.
    private static func readAll(
        _ descriptor: Int32, expected: Int, limit: Int
    ) throws(FileReadError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(expected, limit) + 1)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileReadError(message: "the file cannot be read: \(reason(errno))")
            }
            bytes += buffer[..<count]
            if bytes.count > limit {
                throw FileReadError(message: "the file is larger than 16 MiB")
            }
        }
    }

    private static func requireRegular(_ information: stat) throws(FileReadError) {
        let kind: String
        switch information.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: kind = "a folder"
        case S_IFIFO: kind = "a FIFO"
        case S_IFSOCK: kind = "a socket"
        default: kind = "a device"
        }
        throw FileReadError(message: "this is \(kind), not a file")
    }

    private static func describeMissing(_ path: String, _ code: Int32) -> String {
        var information = stat()
        let isLink = lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
        switch code {
        case ENOENT where isLink: return "a symbolic link to nothing"
        case ELOOP: return "a symbolic link that leads back to itself"
        default: return "the file cannot be read: \(reason(code))"
        }
    }

    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Which folder a path leads to, however it is spelt.
struct FolderIdentity: Hashable {
    private let device: UInt
    private let inode: UInt

    /// Nil, with `errno` set, when the path does not lead to a folder.
    init?(_ path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            errno = ENOTDIR
            return nil
        }
        device = UInt(information.st_dev)
        inode = UInt(information.st_ino)
    }
}
