import GRDB

extension StateStoreError {
    /// Classifies what the database library or one of our own checks threw.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StateStoreError: self = error
        case let error as GuardError: self = .guardFailed(error.detail)
        case let error as RowError:
            self = .damaged(path: path, detail: error.detail, newestBackup: BackupFolder.newest(beside: path))
        case let error as SystemError: self = .inputOutput(path: error.path, detail: error.description)
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
        case .SQLITE_MISUSE where error.message == "Connection is closed":
            self = .closed
        default:
            self = .inputOutput(path: path, detail: "\(text) (SQLite \(error.extendedResultCode.rawValue))")
        }
    }
}
