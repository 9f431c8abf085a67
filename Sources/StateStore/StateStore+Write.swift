import DAGDomain
import GRDB
import Synchronization

extension StateStore {
    /// Runs `body` in one durable transaction, numbers it, and notes the number in the journal.
    func write(at: Timestamp, _ body: (WriteBatch) throws -> Void) throws(StateStoreError) {
        let failure: StateStoreError? = writer.withLock { state in
            if state.isClosed { return .closed }
            if let failure = state.failure { return failure }
            do {
                try transact(body)
                state.transactions += 1
                try state.identity.check(layout)
                try recordInJournal(&state, at)
                return nil
            } catch {
                let failure = StateStoreError(error, path: layout.database)
                if failure.isFatal { state.failure = failure }
                return failure
            }
        }
        if let failure { throw failure }
    }

    /// The transaction is committed by now, so that a failure here must not read as if it were not.
    private func recordInJournal(_ state: inout WriterState, _ at: Timestamp) throws(StateStoreError) {
        do {
            try state.journal.record(state.transactions, at: at)
        } catch {
            throw .inputOutput(path: layout.journal, detail: "\(error)")
        }
    }

    private func transact(_ body: (WriteBatch) throws -> Void) throws {
        try pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                let batch = WriteBatch(database: database)
                try body(batch)
                try batch.changeOne(
                    "UPDATE ledger SET transactions = transactions + 1 WHERE id = 1", [],
                    expecting: "the ledger to have its row")
                return .commit
            }
        }
    }

    /// Moves the write-ahead log into the database when it has grown beyond `limit` bytes, and empties it. To be
    /// called when idle: commits wait meanwhile. With a reader in the way it does what it can and leaves the rest.
    ///
    /// - Returns: the size of the log before, in bytes.
    @discardableResult
    package func checkpointIfGrown(beyond limit: Int64 = 16 << 20) throws(StateStoreError) -> Int64 {
        let result: Result<Int64, StateStoreError> = writer.withLock { state in
            if state.isClosed { return .failure(.closed) }
            if let failure = state.failure { return .failure(failure) }
            let size = FileStatus(path: layout.writeAheadLog)?.size ?? 0
            guard size > limit else { return .success(size) }
            do {
                try truncateLog()
                return .success(size)
            } catch {
                return .failure(StateStoreError(error, path: layout.database))
            }
        }
        return try result.get()
    }

    /// A reader that is in the way makes the checkpoint partial, which is no error: the next one gets further.
    private func truncateLog() throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? database.execute(sql: "PRAGMA busy_timeout = 5000") }
            do {
                _ = try database.checkpoint(.truncate)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return
            }
        }
    }

    /// Marks a clean stop, empties the write-ahead log and closes. Calling it again does nothing.
    package func close() throws(StateStoreError) {
        let failure: StateStoreError? = writer.withLock { state in
            if state.isClosed { return nil }
            state.isClosed = true
            do {
                if state.failure == nil {
                    try transact { batch in
                        try batch.execute("UPDATE ledger SET stopped_cleanly = 1", [])
                    }
                    state.transactions += 1
                    try state.identity.check(layout)
                    try state.journal.recordDurably(state.transactions)
                    try truncateLog()
                }
                try pool.close()
                return nil
            } catch {
                return StateStoreError(error, path: layout.database)
            }
        }
        if let failure { throw failure }
    }
}
