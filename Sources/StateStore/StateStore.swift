import DAGDomain
import GRDB
import Synchronization

/// The journal of the scheduler: one SQLite database per home, with one writing connection that is also the only one
/// to checkpoint, and a few reading ones.
///
/// What `commit` has accepted is durable (write-ahead log, `synchronous=FULL`). Every call blocks its thread until
/// the database has answered. Hold the home's `HomeLock` while a store is open.
package final class StateStore: Sendable {
    /// What `open` found that a person should hear of.
    package struct OpeningReport: Hashable, Sendable {
        /// Whether the previous owner closed the store; false after a crash, true for a new database.
        package var wasStoppedCleanly: Bool
        package var isNew: Bool
        /// The schema that was found when it was older than ours, and the backup made before it was migrated.
        package var migratedFrom: Int?
        package var backupBeforeMigration: String?
        /// Transactions that were acknowledged and are gone; only when `open` was told to accept that.
        package var lostTransactions: ClosedRange<Int64>?
    }

    package let layout: HomeLayout
    package let openingReport: OpeningReport
    let pool: DatabasePool
    let writer: Mutex<WriterState>

    init(
        layout: HomeLayout, pool: DatabasePool, journal: consuming TransactionJournal, identity: FileIdentity,
        transactions: Int64, report: OpeningReport
    ) {
        self.layout = layout
        self.pool = pool
        self.openingReport = report
        self.writer = Mutex(
            WriterState(journal: journal, identity: identity, transactions: transactions))
    }

    /// Reads from one consistent snapshot.
    func read<Result>(
        _ body: (Database) throws -> Result
    ) throws(StateStoreError) -> Result {
        do {
            return try pool.read(body)
        } catch {
            throw StateStoreError(error, path: layout.database)
        }
    }
}

/// What belongs to the one writer.
struct WriterState: ~Copyable {
    var journal: TransactionJournal
    let identity: FileIdentity
    /// The number of the last committed transaction.
    var transactions: Int64
    /// Set by an error after which nothing may be acknowledged any more.
    var failure: StateStoreError?
    var isClosed = false

    init(journal: consuming TransactionJournal, identity: FileIdentity, transactions: Int64) {
        self.journal = journal
        self.identity = identity
        self.transactions = transactions
    }
}
