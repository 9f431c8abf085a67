import GRDB

/// A transition that does not fit what is stored.
struct GuardError: Error {
    let detail: String
}

/// The statements of one transaction, each prepared once in the life of the connection.
struct WriteBatch {
    let database: Database

    /// - Returns: how many rows changed.
    @discardableResult
    func execute(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Int {
        let statement = try database.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        try statement.execute()
        return database.changesCount
    }

    /// - Parameter expectation: what the statement takes for granted, for the message when it is not so.
    func changeOne(
        _ sql: String, _ values: [(any DatabaseValueConvertible)?],
        expecting expectation: @autoclosure () -> String
    ) throws {
        let changed = try execute(sql, values)
        guard changed == 1 else {
            throw GuardError(detail: "expected \(expectation()), but \(changed) rows changed")
        }
    }
}
