import Glibc

/// What the system says about a path, without following a symbolic link.
struct FileStatus: Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let mode: UInt32
    let links: UInt64

    /// Nil when there is nothing at the path, or it cannot be looked at.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        mode = UInt32(status.st_mode)
        links = UInt64(status.st_nlink)
    }

    var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    var isSymbolicLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
}

/// Which files the open connections write to, to notice when a name no longer leads to them.
struct FileIdentity: Hashable, Sendable {
    private struct Place: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64

        init?(path: String) {
            guard let status = FileStatus(path: path) else { return nil }
            device = status.device
            inode = status.inode
        }
    }

    private let database: Place
    private let log: Place

    /// - Returns: nil when one of the files is not there.
    init?(_ layout: HomeLayout) {
        guard let database = Place(path: layout.database), let log = Place(path: layout.writeAheadLog) else {
            return nil
        }
        self.database = database
        self.log = log
    }

    /// SQLite keeps writing into an unlinked file without an error (`docs/architecture.md`), so names are checked
    /// before a commit is acknowledged.
    func check(_ layout: HomeLayout) throws(StateStoreError) {
        guard database == Place(path: layout.database), log == Place(path: layout.writeAheadLog) else {
            throw .replacedUnderneath(path: layout.database)
        }
    }
}
