import StateStore

extension StateStoreError {
    /// What keeps the database from answering, for somebody who asked the scheduler for something.
    package var sentence: String {
        switch self {
        case .full(let path): "no space is left for \(path)"
        case .busy(let path): "another program holds the write lock of \(path)"
        case .closed: "the database is closed: the daemon is stopping"
        case .replacedUnderneath(let path): "\(path) or its log was removed or replaced while it was in use"
        case .inputOutput(let path, let detail): "\(path) cannot be read or written: \(detail)"
        case .guardFailed(let detail): "a change did not fit the database: \(detail)"
        case .damaged(let path, let detail, _): "\(path) is damaged: \(detail)"
        case .newer, .foreign, .missingWithState, .lostTransactions, .refusedFile, .notWAL, .missing:
            "the database cannot be used: \(self)"
        }
    }
}
