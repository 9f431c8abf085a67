import DAGDomain
import Foundation
import JSONText
import Testing

@testable import DataProfiling

@Suite struct ValueTests {
    private func scan(_ text: String) -> ScannedValue {
        Array(text.utf8).withUnsafeBytes { ScannedValue($0) }
    }

    @Test(arguments: [
        ("0", ColumnType.integer), ("-12", .integer), ("+7", .integer), (" 5 ", .integer),
        ("9223372036854775807", .integer), ("-9223372036854775808", .integer),
        ("123456789012345678901234567890", .integer), ("1.5", .number), (".5", .number), ("5.", .number),
        ("1e5", .number), ("-1E-3", .number), ("inf", .number), ("Infinity", .number), ("true", .boolean),
        ("False", .boolean), ("2026-01-31", .date), ("2026-02-30", .text),
        ("2026-01-31T10:00:00Z", .timestamp),
        ("2026-01-31 10:00:00.5+02:00", .timestamp), ("2026-01-31 10:00", .timestamp),
        ("2026-01-31 x", .text),
        ("", .text), ("  ", .text), ("-", .text), ("1.2.3", .text), ("1e", .text), ("0x10", .text),
        ("12a", .text),
        ("--1", .text), ("1 2", .text), ("truely", .text), ("e5", .text), ("1_000", .text), (".", .text),
    ])
    func theTypeOfAField(_ text: String, _ type: ColumnType) {
        #expect(scan(text).type == type)
    }

    /// Against the reader of Swift's standard library, for numbers of every length and scale.
    @Test func numbersAreExactlyRounded() {
        var generator = SplitMix(state: 7)
        for _ in 0..<20_000 {
            let digits = String(generator.next() >> UInt64.random(in: 0...60, using: &generator))
            let point = Int.random(in: 0...digits.count, using: &generator)
            var text = digits.prefix(point) + "." + digits.dropFirst(point)
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -330...310, using: &generator))" }
            if Bool.random(using: &generator) { text = "-" + text }
            let padded = text.replacingOccurrences(of: "-.", with: "-0.")
            let plain = padded.hasPrefix(".") ? "0" + padded : String(padded)
            let readable = plain.replacingOccurrences(of: ".e", with: ".0e")
            let expected = Double(readable.hasSuffix(".") ? readable + "0" : readable)
            guard case .number(let found, _) = scan(String(text)) else {
                Issue.record("\(text) is no number")
                continue
            }
            #expect(found == expected, "\(text)")
        }
    }

    @Test func integersStayExact() {
        for text in [
            "9007199254740993", "-9223372036854775808", "9223372036854775807", "+000000000000000000000042",
        ] {
            guard case .integer(let found) = scan(text) else {
                Issue.record("\(text) is no integer")
                continue
            }
            #expect(found == Int64(text))
        }
    }

    @Test func allowedValuesAreComparedAsWhatTheyAre() throws {
        let allowed = AllowedValues([1, "x", true, "007", .number(try #require(JSONNumber(2.5)))])
        func contains(_ text: String) -> Bool {
            Array(text.utf8).withUnsafeBytes { allowed.contains(ScannedValue($0), $0) }
        }
        for text in ["1", "1.0", "01", "x", "true", "007", "2.5", "2.50"] {
            #expect(contains(text), "\(text)")
        }
        for text in ["2", "X", "7", "True", "", "x "] { #expect(!contains(text), "\(text)") }
    }
}
