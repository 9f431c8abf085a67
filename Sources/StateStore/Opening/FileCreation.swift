import Glibc

/// Making and removing the database's files.
enum FileCreation {
    /// Makes an empty file with mode 0600 unless an empty one is there already.
    static func createPrivate(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw SystemError("fchmod", path) }
    }

    static func rename(_ path: String, to other: String) throws {
        guard Glibc.rename(path, other) == 0 else { throw SystemError("rename", path) }
    }

    static func remove(_ path: String) {
        unlink(path)
    }
}
