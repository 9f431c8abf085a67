import JSONText
import Testing

/// What is refused, where, and with which words.
struct JSONRefusal: Sendable, CustomTestStringConvertible {
    let text: String
    let error: String

    var testDescription: String { String(text.prefix(20)) }

    init(_ text: String, _ error: String) {
        self.text = text
        self.error = error
    }

    static let all: [JSONRefusal] = [
        JSONRefusal("", "1:1: the text is empty; expected a JSON value"),
        JSONRefusal(" \n ", "2:2: the text is empty; expected a JSON value"),
        JSONRefusal("{\"a\": 1,}", "1:8: trailing comma before '}'; remove it"),
        JSONRefusal("[1,\n 2,\n]", "2:3: trailing comma before ']'; remove it"),
        JSONRefusal("[1 2]", "1:4: expected ',' or ']', found '2'"),
        JSONRefusal("{\"a\" 1}", "1:6: expected ':' after the key \"a\", found '1'"),
        JSONRefusal("{a: 1}", "1:2: expected a key in double quotes, found 'a'"),
        JSONRefusal("{'a': 1}", "1:2: expected a key in double quotes, found a single quote"),
        JSONRefusal("['a']", "1:2: strings are written in double quotes"),
        JSONRefusal(
            "// hi\n{}", "1:1: JSON has no comments; put the text into a key such as \"x-note\""),
        JSONRefusal(
            "{} // hi", "1:4: JSON has no comments; put the text into a key such as \"x-note\""),
        JSONRefusal(
            "{/* a */}", "1:2: JSON has no comments; put the text into a key such as \"x-note\""),
        JSONRefusal("{} {}", "1:4: unexpected '{' after the end of the JSON value"),
        JSONRefusal("{\"a\": [1, {", "1:12: the text ends inside the object opened at 1:11"),
        JSONRefusal("[\"abc", "1:6: the text ends inside the string opened at 1:2"),
        JSONRefusal(
            "[\"a\nb\"]",
            "1:4: the string opened at 1:2 does not end on its line; write \\n for a new line"),
        JSONRefusal("[\"a\tb\"]", "1:4: a tab in a string is written as \\t"),
        JSONRefusal("[\"a\u{1}\"]", "1:4: the control character U+0001 in a string must be escaped"),
        JSONRefusal("[True]", "1:2: 'True' is not a JSON value; write true"),
        JSONRefusal("[None]", "1:2: 'None' is not a JSON value; write null"),
        JSONRefusal("[NaN]", "1:2: 'NaN' is not a JSON value"),
        JSONRefusal("[1e400]", "1:2: the number 1e400 is out of range"),
        JSONRefusal("[-1e400]", "1:2: the number -1e400 is out of range"),
        JSONRefusal("[01]", "1:2: a number must not start with 0"),
        JSONRefusal("[1.]", "1:4: expected a digit after a decimal point, found ']'"),
        JSONRefusal("[.5]", "1:2: expected a value, found '.'"),
        JSONRefusal("[+1]", "1:2: expected a value, found '+'"),
        JSONRefusal("[-]", "1:3: expected a digit after a minus sign, found ']'"),
        JSONRefusal("[1e]", "1:4: expected a digit after an exponent mark, found ']'"),
        JSONRefusal("[0x1F]", "1:3: unexpected 'x' in a number"),
        JSONRefusal("-", "1:2: expected a digit after a minus sign, found the end of the text"),
        JSONRefusal("[\"\\ud800\"]", "1:3: a lone surrogate (half of a character)"),
        JSONRefusal("[\"\\udc00\"]", "1:3: a lone surrogate (half of a character)"),
        JSONRefusal("[\"\\ud800\\u0041\"]", "1:3: a lone surrogate (half of a character)"),
        JSONRefusal("[\"\\u12g4\"]", "1:3: \\u needs four hexadecimal digits"),
        JSONRefusal("[\"\\x\"]", "1:3: unknown escape \\ followed by 'x'"),
        JSONRefusal("{\"a\": 1,\n \"a\": 2}", "2:2: duplicate key \"a\"; it is already at 1:2"),
        JSONRefusal("[\"é\", é]", "1:7: expected a value, found 'é'"),
        JSONRefusal(
            "\u{FEFF}{}", "1:1: the text starts with a byte-order mark; save it as UTF-8 without one"),
        JSONRefusal(
            String(repeating: "[", count: 65), "1:65: nested deeper than 64 levels"),
        JSONRefusal(
            String(repeating: "[", count: 100_000), "1:65: nested deeper than 64 levels"),
        JSONRefusal(
            String(repeating: "9", count: 400),
            "1:1: the number \(String(repeating: "9", count: 40))... is out of range"),
    ]
}

@Suite struct JSONParserTests {
    @Test(arguments: JSONRefusal.all) func refuses(_ refusal: JSONRefusal) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(refusal.text) }
        #expect(error?.description == refusal.error)
    }

    @Test(
        arguments: [
            (
                [0xFF, 0xFE, 0x7B, 0x00],
                "1:1: the text is not UTF-8 (it looks like UTF-16 or UTF-32); save it as UTF-8"
            ),
            (
                [0x7B, 0x00, 0x7D, 0x00],
                "1:1: the text is not UTF-8 (it looks like UTF-16 or UTF-32); save it as UTF-8"
            ),
            ([0x22, 0xC0, 0x80, 0x22], "1:2: invalid UTF-8 byte 0xC0"),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], "1:2: invalid UTF-8 byte 0xED"),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "1:2: invalid UTF-8 byte 0xF4"),
            ([0x22, 0xC3], "1:2: invalid UTF-8 byte 0xC3"),
            ([0x5B, 0x80], "1:2: expected a value, found the invalid UTF-8 byte 0x80"),
            (
                [0x7B, 0x20, 0x20, 0x20, 0x00],
                "1:5: expected a key in double quotes, found the control character U+0000"
            ),
        ] as [([UInt8], String)])
    func refusesBytes(_ bytes: [UInt8], _ message: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(bytes: bytes) }
        #expect(error?.description == message)
    }

    @Test func acceptsTheDepthLimit() throws {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONValue.parse(text).text() == text)
    }

    @Test func findsDuplicatesInLargeObjects() throws {
        let members = (0..<40).map { "\"k\($0)\": \($0)" }.joined(separator: ",") + ",\"k3\": 1,\"k39\": 2"
        let document = try JSONDocument.parseKeepingDuplicates(bytes: Array("{\(members)}".utf8))
        #expect(document.duplicateKeys.count == 2)
        #expect(document.root.value["k3"] == 1)
    }

    @Test(arguments: [
        "null", "true", "[]", "{}", "0", "-1", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "123456789012345678901234567890", "-0", "1.50", "1e3", "1E-7", "\"\"",
        "\"a\\\"b\\\\\"",
        "\"\\n\\r\\t\\b\\f\\u0000\\u001f\"", "\"é😀\"", "{\"b\":1,\"a\":[1,{\"c\":null}]}",
    ])
    func writesWhatItRead(_ text: String) throws {
        #expect(try JSONValue.parse(text).text() == text)
    }

    @Test func readsEscapes() throws {
        #expect(try JSONValue.parse("\"\\u00e9\\ud83d\\ude00\\/\\u0041x\"") == "é😀/Ax")
    }

    @Test func keepsIntegersExact() throws {
        #expect(try JSONValue.parse("9007199254740993") == .integer(9_007_199_254_740_993))
        #expect(try JSONValue.parse("2.0").intValue == 2)
        #expect(try JSONValue.parse("2.5").intValue == nil)
        #expect(try JSONValue.parse("1e300").intValue == nil)
        #expect(JSONValue(Double.nan) == nil)
        #expect(JSONValue(0.1)?.text() == "0.1")
    }

    @Test func writesPrettyText() throws {
        let value = try JSONValue.parse("{\"a\":[1,2],\"b\":{},\"c\":[]}")
        #expect(
            value.text(pretty: true) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}")
    }

    @Test func countsColumnsInScalars() throws {
        let document = try JSONDocument.parse(bytes: Array("{\"né😀\": \"ü\", \"b\":\r\n  [1, null]}".utf8))
        let members = try #require(document.root.members)
        #expect(members[0].node.position == JSONPosition(line: 1, column: 9, offset: 12))
        #expect(members[1].keyPosition.column == 14)
        let null = try #require(members[1].node.elements?[1])
        #expect((null.position.line, null.position.column) == (2, 7))
        #expect(null.isNull)
    }

    @Test func findsPointers() throws {
        let text = "{\"a/b\": [10, {\"~\": true}], \"c\": {}}"
        let document = try JSONDocument.parse(bytes: Array(text.utf8))
        func pointer(before part: String) throws -> String {
            let range = try #require(text.firstRange(of: part))
            let offset = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
            return document.pointer(at: JSONPosition(line: 1, column: offset + 1, offset: offset))
        }
        #expect(document.pointer(at: .start) == "")
        #expect(try pointer(before: "\"a/b") == "/a~1b")
        #expect(try pointer(before: "[10") == "/a~1b")
        #expect(try pointer(before: "10") == "/a~1b/0")
        #expect(try pointer(before: "{\"~") == "/a~1b/1")
        #expect(try pointer(before: "true") == "/a~1b/1/~0")
        #expect(try pointer(before: "{}") == "/c")
    }
}
