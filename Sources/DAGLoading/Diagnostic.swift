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

    /// - Parameter shift: further columns to the right.
    init(_ message: String, at position: JSONPosition, shift: Int = 0, in document: JSONDocument) {
        self.init(
            line: Int(position.line), column: Int(position.column) + shift,
            pointer: document.pointer(at: position), message: message)
    }

    /// `line:column: message`, what `validate` prints after the path and a colon.
    package var description: String { "\(line):\(column): \(message)" }
}

/// Collects what is wrong with one file; pointers are found only at the end, for what was reported.
struct DiagnosticList {
    private struct Entry {
        let position: JSONPosition
        let message: String
        /// Inside the text that stands at the position, in Unicode scalars of the text it stands for.
        var offset: Int?
    }

    private var errors: [Entry] = []
    private var warnings: [Entry] = []

    mutating func error(_ message: String, at position: JSONPosition) {
        errors.append(Entry(position: position, message: message))
    }

    /// About a place inside a text.
    ///
    /// - Parameter offset: in Unicode scalars from the text's beginning.
    mutating func error(_ message: String, at position: JSONPosition, inText offset: Int) {
        errors.append(Entry(position: position, message: message, offset: offset))
    }

    mutating func warning(_ message: String, at position: JSONPosition) {
        warnings.append(Entry(position: position, message: message))
    }

    /// All errors in the order of the text.
    ///
    /// - Parameter bytes: what the document was read from.
    func errors(in document: JSONDocument, _ bytes: [UInt8]) -> [Diagnostic] {
        Self.located(errors, in: document, bytes)
    }

    func warnings(in document: JSONDocument, _ bytes: [UInt8]) -> [Diagnostic] {
        Self.located(warnings, in: document, bytes)
    }

    private static func located(
        _ entries: [Entry], in document: JSONDocument, _ bytes: [UInt8]
    ) -> [Diagnostic] {
        entries.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map { entry in
                let position = entry.element.position
                let shift = entry.element.offset.map { columns(to: $0, ofTextAt: position, in: bytes) } ?? 0
                return Diagnostic(entry.element.message, at: position, shift: shift, in: document)
            }
    }

    /// How many columns lie before a scalar of a JSON text, its opening quote included: an escape is wider than what
    /// it stands for.
    private static func columns(to offset: Int, ofTextAt position: JSONPosition, in bytes: [UInt8]) -> Int {
        let start = Int(position.offset) + 1
        guard start < bytes.count else { return 0 }
        var rest = String(decoding: bytes[start...].prefix(offset * 12 + 12), as: UTF8.self).unicodeScalars[
            ...]
        var columns = 1
        for _ in 0..<offset {
            let width = width(of: rest)
            columns += width
            rest = rest.dropFirst(width)
        }
        return columns
    }

    /// Of the first character of the inside of a JSON text: two of `\uXXXX` that belong together are one.
    private static func width(of text: Substring.UnicodeScalarView) -> Int {
        guard text.first == "\\" else { return 1 }
        guard text.dropFirst().first == "u" else { return 2 }
        let digits = text.dropFirst(2).prefix(2).map { String($0).lowercased() }.joined()
        let isHalf = digits.count == 2 && digits.hasPrefix("d") && "89ab".contains(digits.suffix(1))
        return isHalf ? 12 : 6
    }
}
