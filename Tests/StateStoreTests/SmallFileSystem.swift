import Foundation
import Glibc

/// A file system in memory that is soon full. Mounting needs root.
final class SmallFileSystem {
    static let isPossible = geteuid() == 0

    let path: String
    private var ballast: String { path + "/ballast" }

    struct MountError: Error {
        let code: Int32
    }

    init(kibibytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/small-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            throw MountError(code: errno)
        }
    }

    deinit {
        umount2(path, CInt(MNT_DETACH))
        rmdir(path)
    }

    /// Leaves about this much room.
    func fill(leaving kibibytes: Int = 0) throws {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw MountError(code: errno) }
        let room = Int(status.f_bavail) * Int(status.f_frsize) - kibibytes * 1024
        if room > 0 { try Data(count: room).write(to: URL(fileURLWithPath: ballast)) }
    }

    func empty() {
        unlink(ballast)
    }
}
