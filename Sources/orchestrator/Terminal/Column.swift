import DAGDomain
import JSONText

/// One column of a table: a heading and how a row becomes a cell.
struct Column: Sendable {
    /// What is in one place of a table.
    struct Cell: Sendable, Equatable {
        let text: String
        var style: TextStyle?

        init(_ text: String, style: TextStyle? = nil) {
            self.text = text.withoutControls
            self.style = style
        }
    }

    let title: String
    let cell: @Sendable (JSONObject) -> Cell

    init(_ title: String, cell: @escaping @Sendable (JSONObject) -> Cell) {
        self.title = title
        self.cell = cell
    }

    /// The member `key` as text.
    static func text(_ title: String, _ key: String) -> Column {
        Column(title) { Cell(($0[key] ?? .null).displayText) }
    }

    /// A state with its glyph's colour.
    static func state(_ title: String = "STATE", _ key: String = "state") -> Column {
        Column(title) { row in
            let text = (row[key] ?? .null).displayText
            return Cell(text, style: StateLook(state: text).style)
        }
    }

    /// A number of seconds for people.
    static func duration(_ title: String = "DURATION", _ key: String = "duration") -> Column {
        Column(title) { row in
            guard let seconds = row[key]?.doubleValue else { return Cell("") }
            return Cell(DurationText.describe(.microseconds(Int64(seconds * 1_000_000))))
        }
    }

    /// An instant without its fraction, which is noise in a table.
    static func instant(_ title: String, _ key: String) -> Column {
        Column(title) { Cell(($0[key]?.stringValue ?? "").withoutFraction) }
    }
}

extension String {
    /// `2026-01-01T00:00:00.123456Z` as `2026-01-01T00:00:00Z`.
    var withoutFraction: String {
        guard let dot = firstIndex(of: "."), let end = self[dot...].firstIndex(where: { "Z+-".contains($0) })
        else { return self }
        return String(self[..<dot] + self[end...])
    }
}

extension JSONValue {
    /// The value in a cell: text as it is, null as nothing, lists with commas, the rest as JSON.
    var displayText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .array(let values) where values.allSatisfy(\.isScalar):
            values.map(\.displayText).joined(separator: ", ")
        default: text()
        }
    }
}
