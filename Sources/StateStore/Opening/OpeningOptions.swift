import DAGDomain

extension StateStore {
    /// What a caller of `open` may allow beyond the safe default.
    package struct OpeningOptions: Hashable, Sendable {
        /// Begin with an empty database although the home holds attempts, artifacts or a journal.
        package var allowsNewDatabaseOverState = false
        /// Go on although acknowledged transactions are gone; `openingReport` tells which.
        package var acceptsLostTransactions = false
        /// Names the backup that is made before a migration.
        package var now: Timestamp
        package var maximumReaders = 4

        package init(now: Timestamp) {
            self.now = now
        }
    }
}
