/// What the identifiers of DAGs, tasks, runs and attempts have in common: a text with its own type, so that a
/// task's name can never be passed where a run's is wanted.
package protocol TextIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    var text: String { get }
    init(_ text: String)
}

extension TextIdentifier {
    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// The name of a DAG, unique in an installation. Rule: `isValidName`.
package struct DAGID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a task, unique in its DAG. Rule: `isValidName`.
package struct TaskID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a run, unique in its DAG, for example `scheduled__2026-01-01T00:00:00+00:00`.
package struct RunID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// Airflow's `scheduler.allowed_run_id_pattern`, `^[A-Za-z0-9_.~:+-]+$`, with a length limit of 250 and
    /// not made of dots only.
    package var isValid: Bool {
        !text.isEmpty && text.utf8.count <= 250 && !text.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
            && text.utf8.allSatisfy { $0.isNameByte || "~:+".utf8.contains($0) }
    }
}

/// The server-made name of one attempt (a lower-case UUID): the key of its record on disk and of its files.
package struct AttemptID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a pool of slots.
package struct PoolName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    package static let defaultPool = PoolName("default_pool")
}

/// The SHA-256 of a DAG file's text, in lower-case hexadecimal: what a run is pinned to.
package struct DAGVersionHash: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

extension TextIdentifier {
    /// The rule for ids that a person writes in a DAG file: `^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`.
    package var isValidName: Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 128 else { return false }
        return first.isNameByte && first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
            && bytes.allSatisfy(\.isNameByte)
    }
}

extension UInt8 {
    /// Whether the byte is one of `A-Z a-z 0-9 _ . -`.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
