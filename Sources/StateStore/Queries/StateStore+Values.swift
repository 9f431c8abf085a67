import DAGDomain
import GRDB

/// A value that only the holder of the home's key can read, under its name.
package struct SealedValue: Hashable, Sendable {
    package let name: String
    package let sealed: [UInt8]
    /// In the clear; connections keep theirs inside.
    package let description: String?

    package init(name: String, sealed: [UInt8], description: String? = nil) {
        self.name = name
        self.sealed = sealed
        self.description = description
    }
}

/// Which table of sealed values.
package enum SealedKind: String, Hashable, Sendable, CaseIterable {
    case variable, connection, webhook

    fileprivate var nameColumn: String {
        switch self {
        case .variable: "key"
        case .connection: "connection_id"
        case .webhook: "name"
        }
    }

    fileprivate var columns: String {
        switch self {
        case .variable: "key, sealed, description"
        case .connection: "connection_id, sealed, NULL"
        case .webhook: "name, sealed, NULL"
        }
    }
}

extension StateStore {
    /// All of a kind, by name.
    package func sealedValues(_ kind: SealedKind) throws(StateStoreError) -> [SealedValue] {
        try read { database in
            try database.fetch(
                "SELECT \(kind.columns) FROM \(kind.rawValue) ORDER BY \(kind.nameColumn)",
                as: Self.readSealed)
        }
    }

    package func sealedValue(_ kind: SealedKind, _ name: String) throws(StateStoreError) -> SealedValue? {
        try read { database in
            try database.fetch(
                "SELECT \(kind.columns) FROM \(kind.rawValue) WHERE \(kind.nameColumn) = ?", [name],
                as: Self.readSealed
            ).first
        }
    }

    /// Makes or replaces a value, and records who did.
    package func setSealed(
        _ kind: SealedKind, _ value: SealedValue, _ event: RecordedEvent, at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            try Self.put(kind, value, at: at, in: batch)
            try Self.insert(event, at: at, into: batch)
        }
    }

    /// - Returns: whether it was there.
    package func deleteSealed(
        _ kind: SealedKind, _ name: String, _ event: RecordedEvent, at: Timestamp
    ) throws(StateStoreError) -> Bool {
        var deleted = 0
        try write(at: at) { batch in
            deleted = try batch.execute(
                "DELETE FROM \(kind.rawValue) WHERE \(kind.nameColumn) = ?", [name])
            if deleted > 0 { try Self.insert(event, at: at, into: batch) }
        }
        return deleted > 0
    }

    /// Replaces every sealed value at once: the key has changed.
    package func reseal(
        _ values: [SealedKind: [SealedValue]], runSecrets: [RunSecret], check: String, _ event: RecordedEvent,
        at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            for kind in SealedKind.allCases {
                try batch.execute("DELETE FROM \(kind.rawValue)", [])
                for value in values[kind] ?? [] { try Self.put(kind, value, at: at, in: batch) }
            }
            try batch.execute("DELETE FROM run_secret", [])
            for secret in runSecrets { try Self.insert(secret, into: batch) }
            try Self.put(setting: Self.keyCheck, check, in: batch)
            try Self.insert(event, at: at, into: batch)
        }
    }

    // MARK: The key

    private static let keyCheck = "secret_key_check"

    /// A known text sealed with the home's key; nil before the key was first used.
    package func secretKeyCheck() throws(StateStoreError) -> String? {
        try read { database in
            try database.fetch("SELECT value FROM setting WHERE key = ?", [Self.keyCheck]) { try $0.text() }
                .first
        }
    }

    package func setSecretKeyCheck(_ text: String, at: Timestamp) throws(StateStoreError) {
        try write(at: at) { batch in try Self.put(setting: Self.keyCheck, text, in: batch) }
    }

    // MARK: Secrets of runs

    /// A secret that a task of a run was given, kept so that its logs are masked for as long as they are there.
    package struct RunSecret: Hashable, Sendable {
        package let run: RunNumber
        /// A keyed digest of the secret, so that it is kept once.
        package let digest: String
        package let sealed: [UInt8]

        package init(run: RunNumber, digest: String, sealed: [UInt8]) {
            self.run = run
            self.digest = digest
            self.sealed = sealed
        }
    }

    package func recordRunSecrets(_ secrets: [RunSecret], at: Timestamp) throws(StateStoreError) {
        guard !secrets.isEmpty else { return }
        try write(at: at) { batch in
            for secret in secrets { try Self.insert(secret, into: batch) }
        }
    }

    /// Of one run, or of all.
    package func runSecrets(of run: RunNumber? = nil) throws(StateStoreError) -> [RunSecret] {
        var query = Query()
        if let run { query.add("run = ?", run.value) }
        return try read { database in
            try database.fetch(
                "SELECT run, digest, sealed FROM run_secret \(query.clause) ORDER BY run, digest",
                query.values
            ) { reader in
                RunSecret(
                    run: RunNumber(try reader.integer()), digest: try reader.text(),
                    sealed: try reader.bytes())
            }
        }
    }

    // MARK: Help

    private static func readSealed(_ reader: inout RowReader) throws -> SealedValue {
        SealedValue(
            name: try reader.text(), sealed: try reader.bytes(), description: try reader.optionalText())
    }

    private static func put(
        _ kind: SealedKind, _ value: SealedValue, at: Timestamp, in batch: WriteBatch
    ) throws {
        let instant = at.microsecondsSinceEpoch
        switch kind {
        case .variable:
            try batch.execute(
                "INSERT OR REPLACE INTO variable VALUES (?, ?, ?, ?)",
                [value.name, value.sealed.databaseBytes, value.description, instant])
        case .connection:
            try batch.execute(
                "INSERT OR REPLACE INTO connection VALUES (?, ?, ?)",
                [value.name, value.sealed.databaseBytes, instant])
        case .webhook:
            try batch.execute(
                "INSERT OR REPLACE INTO webhook VALUES (?, ?, ?)",
                [value.name, value.sealed.databaseBytes, instant])
        }
    }

    private static func put(setting key: String, _ value: String, in batch: WriteBatch) throws {
        try batch.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [key, value])
    }

    private static func insert(_ secret: RunSecret, into batch: WriteBatch) throws {
        try batch.execute(
            "INSERT OR REPLACE INTO run_secret VALUES (?, ?, ?)",
            [secret.run.value, secret.digest, secret.sealed.databaseBytes])
    }
}
