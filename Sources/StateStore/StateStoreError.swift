/// Everything that can go wrong with the database, with what a person needs to act on it.
///
/// The cases say which side is at fault: `damaged`, `newer`, `missingWithState`, `foreign`, `refusedFile`,
/// `lostTransactions` and `unsupported` are bad data; `full`, `inputOutput`, `notWAL` and `replacedUnderneath` are the
/// machine; `guardFailed` is a broken invariant of our own.
package enum StateStoreError: Error, Hashable, Sendable {
    /// The file is not a database, or its content breaks SQLite's rules or ours.
    case damaged(path: String, detail: String, newestBackup: String?)
    /// The database was written by a later version of the program.
    case newer(path: String, found: Int, known: Int)
    /// The file is a database of another program.
    case foreign(path: String, applicationID: Int)
    /// The database is missing or empty although the home holds what belongs to one.
    case missingWithState(path: String, evidence: [String], newestBackup: String?)
    /// Transactions that were acknowledged are not in the database: its write-ahead log was lost.
    case lostTransactions(path: String, first: Int64, last: Int64, newestBackup: String?)
    /// The path is a symbolic link, has several names, or is not a regular file.
    case refusedFile(path: String, detail: String)
    /// The file system does not support write-ahead logging; the answer was this journal mode.
    case notWAL(path: String, answer: String)
    /// There is no database at the path.
    case missing(path: String)
    /// No space is left; nothing of the batch was recorded, and a later commit may succeed.
    case full(path: String)
    /// The database or its log was removed or replaced while it was in use; the last commit is not durable.
    case replacedUnderneath(path: String)
    /// The system refused a read, write, sync or open.
    case inputOutput(path: String, detail: String)
    /// A process outside holds the database's write lock.
    case busy(path: String)
    /// A transition did not find what it expects, or broke a constraint; nothing of the batch was recorded.
    case guardFailed(String)
    /// The store was closed.
    case closed
}

extension StateStoreError {
    /// Whether nothing may be written after this error until the database is opened (and checked) again.
    var isFatal: Bool {
        switch self {
        case .damaged, .replacedUnderneath, .inputOutput: true
        default: false
        }
    }
}
