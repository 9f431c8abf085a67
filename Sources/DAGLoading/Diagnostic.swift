import JSONText

/// One thing that is wrong, or doubtful, in a DAG file, at the place a person must look at.
package struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    /// 1-based; column in Unicode scalars.
    package let line: Int
    package let column: Int
    /// The JSON pointer (RFC 6901) of the value; empty for the whole file.
    package let pointer: String
    package let message: String

    package init(line: Int = 1, column: Int = 1, pointer: String = "", message: String) {
        self.line = line
        self.column = column
        self.pointer = pointer
        self.message = message
    }

    init(_ message: String, at position: JSONPosition, in document: JSONDocument) {
        self.init(
            line: Int(position.line), column: Int(position.column), pointer: document.pointer(at: position),
            message: message)
    }

    /// `line:column: message`, what `validate` prints after the path and a colon.
    package var description: String { "\(line):\(column): \(message)" }
}

/// Collects what is wrong with one file; pointers are found only at the end, for what was reported.
struct DiagnosticList {
    private struct Entry {
        let position: JSONPosition
        let message: String
    }

    private var errors: [Entry] = []
    private var warnings: [Entry] = []

    mutating func error(_ message: String, at position: JSONPosition) {
        errors.append(Entry(position: position, message: message))
    }

    mutating func warning(_ message: String, at position: JSONPosition) {
        warnings.append(Entry(position: position, message: message))
    }

    /// All errors in the order of the text.
    func errors(in document: JSONDocument) -> [Diagnostic] { Self.located(errors, in: document) }

    func warnings(in document: JSONDocument) -> [Diagnostic] { Self.located(warnings, in: document) }

    private static func located(_ entries: [Entry], in document: JSONDocument) -> [Diagnostic] {
        entries.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map { Diagnostic($0.element.message, at: $0.element.position, in: document) }
    }
}
