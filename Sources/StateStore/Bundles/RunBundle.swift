import DAGDomain

/// The format of a file that holds one finished run with all that belongs to it: a SQLite database of its own, which any
/// tool can look into. It may come from anywhere, so that nothing in it is believed.
package enum RunBundle {
    /// `PRAGMA application_id`: "ORCR" in ASCII.
    static let applicationID = 0x4F52_4352
    /// `PRAGMA user_version`. Grows when a reader of today could not understand the file.
    package static let format = 1

    /// Tables of rows that hang on the run by their column `run`, in the order in which they can be inserted.
    static let tables = [
        "task_instance", "attempt", "task_output", "metric", "metric_last", "artifact", "gate_verdict",
        "task_input", "rendered_fields", "cache_lookup",
    ]

    static let runTable = "dag_run"
    /// Columns of the run that mean something only in the home that it comes from.
    static let ownColumns: Set<String> = [
        "number", "version", "parent_run", "parent_task", "parent_map_index", "backfill", "reproduces",
        "redeploys",
    ]

    static let fileTables = """
        CREATE TABLE fact (name TEXT PRIMARY KEY, value NOT NULL);
        CREATE TABLE file (name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL);
        CREATE TABLE piece (file TEXT NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (file, position));
        """

    /// Bytes of one piece of a file.
    package static let pieceSize = 1 << 20

    /// Facts of a bundle beside its rows.
    package enum Fact: String, CaseIterable, Sendable {
        /// The number of the schema of the database that the rows come from.
        case schema
        case program
        case exportedAt = "exported_at"
        case source, path, folder
        /// SHA-256 of everything else in it.
        case seal
    }

    /// A file in a bundle.
    package enum Content: Hashable, Sendable {
        case log(AttemptID)
        /// By its SHA-256.
        case artifact(String)

        package var name: String {
            switch self {
            case .log(let attempt): "logs/\(attempt.text)"
            case .artifact(let hash): "artifacts/\(hash)"
            }
        }

        /// Nil for a name that nothing of ours has: names become paths.
        package init?(name: String) {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let text = String(parts[1])
            switch parts[0] {
            case "logs" where RunBundle.isAttemptID(text): self = .log(AttemptID(text))
            case "artifacts" where RunBundle.isHash(text): self = .artifact(text)
            default: return nil
            }
        }
    }

    static func isAttemptID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                    || byte == 0x2D
            }
    }

    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// What is wrong with a file that should be an exported run.
package struct RunBundleError: Error, Hashable, Sendable {
    /// The rest of a sentence that begins with the file's path.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}
