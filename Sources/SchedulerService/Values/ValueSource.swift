import DAGDomain

/// Where templates find variables and connections.
protocol ValueSource: Sendable {
    /// Nil when there is none of this name.
    func variable(_ key: String) throws(ValueError) -> String?
    func connection(_ id: String) throws(ValueError) -> Connection?
}

/// Why variables and connections cannot be had.
package enum ValueError: Error, Hashable, Sendable {
    /// The database holds sealed values, and the key's file is gone.
    case keyMissing(path: String)
    /// The key in the file is not the one that the values were sealed with.
    case wrongKey(path: String)
    /// Others can read or replace the key's file, or it is not a regular file.
    case unsafeKey(path: String)
    case malformedKey(path: String)
    /// A sealed value that is damaged.
    case damaged(String)
    /// A file or an environment variable does not hold what it must.
    case badSource(String)
    case system(path: String, reason: String)
    /// The database cannot answer.
    case database(String)

    package var sentence: String {
        switch self {
        case .keyMissing(let path):
            "the key \(path) is missing, and the database holds values that were sealed with it; "
                + "put the file back from your backup"
        case .wrongKey(let path):
            "the key in \(path) is not the one that the values in the database were sealed with; "
                + "put the right file back from your backup"
        case .unsafeKey(let path): "the key \(path) can be read or replaced by others; chmod 600 it"
        case .malformedKey(let path): "\(path) holds no key; put the right file back from your backup"
        case .damaged(let name): "the sealed value of \(name) is damaged"
        case .badSource(let text), .database(let text): text
        case .system(let path, let reason): "\(path): \(reason)"
        }
    }
}
