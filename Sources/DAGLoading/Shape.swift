import DAGDomain

/// What a value in a DAG file may look like, without knowing what it means.
///
/// The one description from which both the loader's structural check (`ShapeCheck`) and the editor's JSON
/// Schema (`DAGSchema`) follow, so that they cannot drift apart.
indirect enum Shape: Sendable {
    case string(TextRule)
    /// One of some words. `later` words are known and refused as not supported yet.
    case choice([String], later: [String] = [])
    case boolean
    case null
    case integer(ClosedRange<Int64>)
    case number
    /// Seconds as a number, or a text such as `5m`.
    case duration(allowsZero: Bool)
    case array(Shape, minimum: Int = 0, maximum: Int? = nil)
    /// An object whose keys are free names.
    case map(Shape, names: TextRule, minimum: Int = 0)
    case object(KeyTable.Name)
    /// A param: an object with `type`, `enum` or `default` is a JSON Schema, anything else a plain default.
    case parameter
    /// `matrix`: lists by name, beside `include` and `exclude`.
    case matrix
    /// Shapes that differ in the kind of JSON value.
    case either([Shape])
    case anything
    /// A known word whose meaning belongs to a later version: every value is refused.
    case later
}

/// A rule for a text: a pattern for the schema, the same rule as code, and how to say it.
struct TextRule: Sendable {
    /// An ECMA-262 pattern that matches the whole text; nil when every text will do.
    let pattern: String?
    /// What is expected, for a message: "an id of ...".
    let expectation: String
    let accepts: @Sendable (String) -> Bool

    static let any = TextRule(pattern: nil, expectation: "a text") { _ in true }

    static let nonEmpty = TextRule(pattern: "^[\\s\\S]+$", expectation: "a text that is not empty") {
        !$0.isEmpty
    }

    /// Ids of DAGs, tasks and pools.
    static let identifier = TextRule(
        pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
        expectation: "up to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'"
    ) { text in
        isName(text, first: { $0.isLetterOrDigit }, rest: { $0.isLetterOrDigit || $0 == 0x2E || $0 == 0x2D })
    }

    /// Names that become environment variables: entries of `env` and, in upper case, params.
    static let variable = TextRule(
        pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
        expectation: "up to 128 letters, digits and '_', not starting with a digit"
    ) { text in
        isName(text, first: { $0.isLetterOrDigit && !$0.isDigit }, rest: { $0.isLetterOrDigit })
    }

    /// Names of outputs and metrics.
    static let output = TextRule(
        pattern: "^[A-Za-z_][A-Za-z0-9_-]{0,127}$",
        expectation: "up to 128 letters, digits, '_' and '-', not starting with a digit or '-'"
    ) { text in
        isName(text, first: { $0.isLetterOrDigit && !$0.isDigit }, rest: { $0.isLetterOrDigit || $0 == 0x2D })
    }

    /// URIs and other names of assets.
    static let asset = TextRule(
        pattern: "^[!-~]([ -~]{0,1498}[!-~])?$",
        expectation: "up to 1500 printable ASCII characters, not starting or ending with a space"
    ) { AssetURI($0).isValid }

    static let timeOfDay = TextRule(
        pattern: "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
        expectation: "a time of the day such as 06:30"
    ) { secondsSinceMidnight($0) != nil }

    /// Reads `HH:MM` or `HH:MM:SS`.
    static func secondsSinceMidnight(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var seconds = 0
        for (part, limit) in zip(parts, [24, 60, 60]) {
            guard part.utf8.count == 2, part.utf8.allSatisfy({ $0.isDigit }), let value = Int(part),
                value < limit
            else { return nil }
            seconds = seconds * 60 + value
        }
        return parts.count == 2 ? seconds * 60 : seconds
    }

    private static func isName(_ text: String, first: (UInt8) -> Bool, rest: (UInt8) -> Bool) -> Bool {
        guard let start = text.utf8.first, text.utf8.count <= 128 else { return false }
        return first(start) && text.utf8.dropFirst().allSatisfy(rest)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// `A-Z a-z 0-9 _`
    fileprivate var isLetterOrDigit: Bool {
        isDigit || self == 0x5F || (self >= 0x41 && self <= 0x5A) || (self >= 0x61 && self <= 0x7A)
    }
}
