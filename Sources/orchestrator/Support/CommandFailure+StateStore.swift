import StateStore

extension CommandFailure {
    /// What is wrong with the database. Damage is never repaired behind somebody's back: the backup is named.
    init(_ error: StateStoreError) {
        switch error {
        case .damaged(let path, let detail, let backup):
            self.init(.badData, "the database \(path) is damaged: \(detail)", hint: Self.restoring(backup))
        case .newer(let path, let found, let known):
            self.init(
                .badData, "the database \(path) has schema \(found); this program knows up to \(known)",
                hint: "use the newer program that wrote it")
        case .foreign(let path, let identifier):
            self.init(.badData, "\(path) is the database of another program (application id \(identifier))")
        case .missingWithState(let path, let evidence, let backup):
            self.init(
                .badData,
                "the database \(path) is missing, but the home is not empty: "
                    + evidence.joined(separator: ", "),
                hint: Self.restoring(backup))
        case .lostTransactions(let path, let first, let last, let backup):
            self.init(
                .badData,
                "the database \(path) lacks the transactions \(first) to \(last), which were acknowledged: "
                    + "its write-ahead log was lost",
                hint: Self.restoring(backup))
        case .refusedFile(let path, let detail): self.init(.badData, "\(path) is not used: \(detail)")
        case .notWAL(let path, let answer):
            self.init(
                .inputOutput,
                "\(path) lies on a file system without write-ahead logging (SQLite answered \(answer))",
                hint: "choose a home on a local disk with --home")
        case .missing(let path): self.init(.notFound, "there is no database \(path)")
        case .full(let path): self.init(.tryLater, "no space is left for \(path)")
        case .replacedUnderneath(let path):
            self.init(.inputOutput, "\(path) was removed or replaced while it was in use")
        case .inputOutput(let path, let detail): self.init(.inputOutput, "\(path): \(detail)")
        case .busy(let path): self.init(.tryLater, "another program holds \(path)")
        case .guardFailed(let detail): self.init(.ownFault, "a change did not fit the database: \(detail)")
        case .closed: self.init(.ownFault, "the database was closed already")
        }
    }

    static func restoring(_ backup: String?) -> String {
        guard let backup else { return "there is no backup; move the home away to begin with an empty one" }
        return "the newest backup is \(backup); `orchestrator db restore \(backup)` puts it in place"
    }
}
