import Glibc

/// A tmpfs of a few megabytes, which a test can fill to the last byte. Needs root, as in CI.
final class SmallDisk {
    let path: String
    private var ballast: String { path + "/ballast" }

    init(_ path: String, megabytes: Int) throws {
        self.path = path
        try Files.makeFolder(path)
        let mount = try ChildProcess(
            "mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "none", path], environment: Self.environment,
            folder: "/")
        guard try mount.wait() == .exited(0) else {
            throw HarnessError("cannot mount a tmpfs on \(path): is this root?")
        }
    }

    deinit {
        // Lazily: a process that is being ended may still have a file open.
        let umount = try? ChildProcess("umount", ["-l", path], environment: Self.environment, folder: "/")
        _ = try? umount?.wait()
    }

    /// Writes until nothing fits any more.
    func fill() throws {
        let descriptor = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HarnessError("cannot open \(ballast): errno \(errno)") }
        defer { close(descriptor) }
        for size in [1 << 20, 4096, 1] {
            let block = [UInt8](repeating: 0, count: size)
            while write(descriptor, block, size) > 0 {}
        }
        guard errno == ENOSPC else { throw HarnessError("\(path) is not full: errno \(errno)") }
    }

    func free() { unlink(ballast) }

    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
}
