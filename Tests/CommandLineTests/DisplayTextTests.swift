import Testing

@testable import orchestrator

@Suite("Text on a terminal")
struct DisplayTextTests {
    @Test(
        "Widths",
        arguments: [("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("👩‍👩‍👧", 2), ("✔", 1), ("❤️", 2), ("", 0)])
    func width(_ text: String, _ width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test("Cutting keeps to the width and shows that something is missing")
    func truncation() {
        #expect("abcdef".truncated(toWidth: 4) == "abc…")
        #expect("abcd".truncated(toWidth: 4) == "abcd")
        #expect("日本語".truncated(toWidth: 4) == "日…")
        #expect("abc".truncated(toWidth: 0) == "")
        #expect("abc".truncated(toWidth: 1) == "…")
    }

    @Test(
        "What could drive a terminal does not reach it",
        arguments: [
            ("a\u{1B}[31mred\u{1B}[0m", "ared"), ("\u{1B}]0;title\u{07}x", "x"), ("a\r\nb", "a b"),
            ("a\u{202E}b", "ab"),
            ("a\u{9B}31mb", "a 31mb"), ("tab\there", "tab here"),
        ])
    func controls(_ text: String, _ expected: String) {
        #expect(text.withoutControls == expected)
    }

    @Test(
        "A log passes unchanged to a file, and as text and colours to a terminal, in pieces of any size"
    )
    func logFilter() {
        let text = "a\u{1B}[31mred\u{1B}[0m\u{1B}[2J\u{1B}]0;t\u{07}b\u{1B}]52;c;x\u{1B}\\é\r\n\u{08}"
        var file = LogFilter(isForTerminal: false)
        #expect(file.take(Array(text.utf8)) == Array(text.utf8))
        for size in 1...7 {
            var filter = LogFilter(isForTerminal: true)
            var result: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                result += filter.take(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(String(decoding: result, as: UTF8.self) == "a\u{1B}[31mred\u{1B}[0mbé\n")
        }
    }
}
