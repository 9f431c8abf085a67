import DAGDomain
import Glibc

/// The content of a file that lies anywhere: its hash and size, read in pieces.
package struct FileContent: Hashable, Sendable {
    /// By which a file is known to be as it was; a change that keeps all of it is not seen.
    package struct Identity: Hashable, Sendable {
        package let device: UInt64
        package let inode: UInt64
        package let sizeBytes: Int64
        package let modified: Timestamp
        /// Nanoseconds, of the last change of content or of anything about the file.
        package let changed: Int64
    }

    package let sha256: String
    package let sizeBytes: Int64
    /// As it was when reading began; nil when it changed meanwhile.
    package let identity: Identity?

    package enum Failure: Error, Hashable, Sendable {
        case missing
        case notAFile
        case stopped
        case system(code: Int32)
    }

    /// Links are followed; a FIFO or a device is refused and never waited for.
    package static func identity(of path: String) throws(Failure) -> Identity {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .system(code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        return Identity(status)
    }

    /// - Parameter isStopped: asked after each megabyte.
    package init(reading path: String, isStopped: () -> Bool = { false }) throws(Failure) {
        do {
            let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
            let before = try file.status(path)
            guard before.st_mode & S_IFMT == S_IFREG else { throw Failure.notAFile }
            let summary = try ContentStream.hash(file, path: path) {
                if isStopped() { throw Failure.stopped }
            }
            let after = try file.status(path)
            let isSame = Identity(before) == Identity(after)
            self.init(
                sha256: summary.sha256, sizeBytes: summary.sizeBytes,
                identity: isSame ? Identity(before) : nil)
        } catch let failure as Failure {
            throw failure
        } catch let error as SystemError {
            throw error.code == ENOENT || error.code == ENOTDIR ? .missing : .system(code: error.code)
        } catch {
            throw .system(code: EIO)
        }
    }

    private init(sha256: String, sizeBytes: Int64, identity: Identity?) {
        self.sha256 = sha256
        self.sizeBytes = sizeBytes
        self.identity = identity
    }
}

extension FileContent.Identity {
    fileprivate init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), sizeBytes: Int64(status.st_size),
            modified: Timestamp(
                microsecondsSinceEpoch: Int64(status.st_mtim.tv_sec) * 1_000_000
                    + Int64(status.st_mtim.tv_nsec) / 1000),
            changed: Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec))
    }
}
