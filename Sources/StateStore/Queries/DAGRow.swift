import DAGDomain

/// A DAG as lists show it.
package struct DAGRow: Hashable, Sendable {
    package let status: DAGStatus
    /// Of the newest good version, counted from 1 for each DAG.
    package let versionNumber: Int
    package let description: String
    package let owner: String
    package let tags: [String]
    package let path: String
    package let folder: String
    /// When the newest good version was first seen.
    package let versionCreatedAt: Timestamp
    package let hasImportErrors: Bool
}

/// Which DAGs a list shows; nil and empty defaults are no condition.
package struct DAGFilter: Hashable, Sendable {
    package var dagIDs: [DAGID]?
    /// Patterns of SQL's LIKE, any of which may match.
    package var dagIDPatterns: [String]?
    package var isPaused: Bool?
    /// True: only DAGs whose file is there.
    package var isActive: Bool?
    /// Any of them.
    package var tags: [String]?
    package var owners: [String]?
    package var descending = false
    package var limit = 50
    package var offset = 0

    package init() {}
}

/// A version of a DAG's text.
package struct DAGVersionRow: Hashable, Sendable {
    package let dagID: DAGID
    package let number: Int
    package let hash: DAGVersionHash
    package let path: String
    package let folder: String
    package let createdAt: Timestamp
}

/// Ticks that the catch-up policy left out.
package struct SkippedTickRow: Hashable, Sendable {
    package let dagID: DAGID
    package let count: Int
    package let first: Timestamp
    package let last: Timestamp
    package let at: Timestamp
}

/// A file of the DAG folder that could not be loaded, with its message.
package struct ImportErrorRow: Hashable, Sendable {
    package let path: String
    package let message: String
    package let at: Timestamp

    package init(path: String, message: String, at: Timestamp) {
        self.path = path
        self.message = message
        self.at = at
    }
}
