import DAGDomain

/// Where templates find variables and connections.
protocol ValueSource: Sendable {
    /// Nil when there is none of this name.
    func variable(_ key: String) throws(ValueError) -> String?
    func connection(_ id: String) throws(ValueError) -> Connection?
}

/// Why a value that is there cannot be had.
package enum ValueError: Error, Hashable, Sendable {
    /// The text is a whole sentence.
    case unreadable(String)

    var sentence: String {
        switch self {
        case .unreadable(let text): text
        }
    }
}

/// Nothing: for places where only the DAG file and the run count.
struct NoValues: ValueSource {
    func variable(_ key: String) throws(ValueError) -> String? { nil }
    func connection(_ id: String) throws(ValueError) -> Connection? { nil }
}
