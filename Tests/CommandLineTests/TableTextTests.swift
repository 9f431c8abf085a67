import JSONText
import Testing

@testable import orchestrator

@Suite("Tables")
struct TableTextTests {
    private let columns: [Column] = [.text("NAME", "name"), .state(), .text("NOTE", "note")]

    private func row(_ name: String, _ state: String, _ note: String) -> JSONObject {
        ["name": .string(name), "state": .string(state), "note": .string(note)]
    }

    @Test("Columns are as wide as their widest cell, counted in columns of the terminal")
    func alignment() {
        let rows = [row("日本", "success", "a"), row("plain", "failed", "b")]
        let text = TableText(columns: columns, rows: rows).table(width: nil, colour: false)
        #expect(text == "NAME   STATE    NOTE\n日本   success  a\nplain  failed   b\n")
    }

    @Test("No line is wider than the terminal, whatever the width", arguments: 24...100)
    func narrow(_ width: Int) {
        let rows = [row(String(repeating: "x", count: 60), "running", String(repeating: "日", count: 40))]
        let text = TableText(columns: columns, rows: rows).table(width: width, colour: false)
        for line in text.split(separator: "\n") { #expect(line.displayWidth <= width) }
        #expect(text.contains("running"))
    }

    @Test("Colour changes nothing but the look")
    func colour() {
        let rows = [row("a", "success", "n"), row("b", "failed", "")]
        let table = TableText(columns: columns, rows: rows)
        let coloured = table.table(width: 80, colour: true)
        #expect(coloured.contains("\u{1B}[32msuccess\u{1B}[0m"))
        var plain = coloured
        for code in ["0", "1", "31", "32"] { plain = plain.replacing("\u{1B}[\(code)m", with: "") }
        #expect(plain == table.table(width: 80, colour: false))
    }

    @Test("Plain rows are tab-separated without a header, and a value never breaks the row")
    func plain() {
        let rows = [row("a\tb\nc", "success", "\u{1B}[2Jx")]
        #expect(TableText(columns: columns, rows: rows).plain() == "a b c\tsuccess\tx\n")
    }

    @Test("Values as text")
    func displayText() throws {
        #expect(try JSONValue.parse("null").displayText == "")
        #expect(try JSONValue.parse(#"["a","b",1]"#).displayText == "a, b, 1")
        #expect(try JSONValue.parse(#"{"a":[1]}"#).displayText == #"{"a":[1]}"#)
        #expect(try JSONValue.parse("0.1").displayText == "0.1")
        #expect("2026-01-01T00:00:00.123456Z".withoutFraction == "2026-01-01T00:00:00Z")
        #expect("2026-01-01".withoutFraction == "2026-01-01")
    }
}
