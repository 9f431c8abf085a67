/// A place in a JSON text, as an editor shows it.
package struct JSONPosition: Hashable, Comparable, Sendable {
    /// 1-based; lines end at `\n`.
    package let line: Int32
    /// 1-based, counted in Unicode scalars.
    package let column: Int32
    /// 0-based, in bytes; the order of positions.
    package let offset: Int32

    package init(line: Int, column: Int, offset: Int) {
        self.line = Int32(clamping: line)
        self.column = Int32(clamping: column)
        self.offset = Int32(clamping: offset)
    }

    package static let start = JSONPosition(line: 1, column: 1, offset: 0)

    package static func < (left: JSONPosition, right: JSONPosition) -> Bool { left.offset < right.offset }
}

/// Why a text is not JSON, and where.
package struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
    package let position: JSONPosition
    package let message: String

    package init(position: JSONPosition, message: String) {
        self.position = position
        self.message = message
    }

    package var description: String { "\(position.line):\(position.column): \(message)" }
}
