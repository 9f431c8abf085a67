import GRDB
import Glibc

extension StateStoreError {
    /// Classifies what the database library or one of our own checks threw.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StateStoreError: self = error
        case let error as GuardError: self = .guardFailed(error.detail)
        case let error as RowError:
            self = .damaged(path: path, detail: error.detail, newestBackup: BackupFolder.newest(beside: path))
        case let error as SystemError where error.code == ENOSPC || error.code == EDQUOT:
            self = .full(path: path)
        case let error as SystemError: self = .inputOutput(path: error.path, detail: error.description)
        case let error as RunBundleError: self = .inputOutput(path: path, detail: error.text)
        case let error as DatabaseError: self.init(error, path: path)
        default: self = .inputOutput(path: path, detail: "\(error)")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let text = error.message ?? "SQLite error"
        switch error.resultCode {
        case .SQLITE_FULL:
            self = .full(path: path)
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
            self = .guardFailed(text)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            self = .damaged(path: path, detail: text, newestBackup: BackupFolder.newest(beside: path))
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self = .busy(path: path)
        // The file that connections share is made when the database is opened; SQLite does not say that the disk is full.
        case .SQLITE_CANTOPEN where Self.isFull(path),
            .SQLITE_IOERR where Self.isFull(path) && error.isSharedMemory:
            self = .full(path: path)
        case .SQLITE_MISUSE where error.message == "Connection is closed":
            self = .closed
        default:
            self = .inputOutput(path: path, detail: "\(text) (SQLite \(error.extendedResultCode.rawValue))")
        }
    }

    /// Whether the file system of a path has no room for another page.
    private static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(folderPath(of: path), &status) == 0 else { return false }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 65_536
    }
}

extension DatabaseError {
    /// Whether the error is about the `-shm` file.
    fileprivate var isSharedMemory: Bool {
        [.SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP].contains(extendedResultCode)
    }
}
