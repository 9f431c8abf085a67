import DAGDomain
import JSONText
import Testing

@testable import SchedulerService

@Suite struct OutputFileTests {
    private func parse(_ text: String) throws -> [String: JSONValue] {
        let outputs = try OutputFile.parse(Array(text.utf8))
        return Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.value) })
    }

    @Test(arguments: [
        ("a=42", JSONValue.integer(42)),
        ("a=0.25", JSONValue(0.25) ?? .null),
        ("a=true", .bool(true)),
        ("a=null", .null),
        ("a=\"42\"", .string("42")),
        ("a=[1]", .array([.integer(1)])),
        ("a=007", .string("007")),
        ("a=a=b", .string("a=b")),
        ("a=", .string("")),
        ("a=NaN", .string("NaN")),
        ("a=1e400", .string("1e400")),
        ("a={\"b\":", .string("{\"b\":")),
        ("a=x<<y", .string("x<<y")),
    ])
    func theTextAfterTheFirstEqualsSignIsJSONOrAString(line: String, value: JSONValue) throws {
        #expect(try parse(line + "\n") == ["a": value])
        #expect(try parse(line) == ["a": value])
    }

    @Test func integersStayExactBeyond53Bits() throws {
        #expect(try parse("n=9007199254740993")["n"]?.text() == "9007199254740993")
        #expect(
            try parse("n=123456789012345678901234567890")["n"]?.text() == "123456789012345678901234567890")
    }

    @Test func theLastLineOfANameWins() throws {
        let outputs = try OutputFile.parse(Array("a=1\nb=2\na=3\n".utf8))
        #expect(outputs.map(\.name) == ["a", "b"])
        #expect(outputs.map(\.value) == [3, 2])
    }

    @Test func textOfSeveralLinesEndsAtItsMark() throws {
        let text = "before=1\ntext<<END\nfirst\n\nlast = x\nEND\nafter=2\n"
        #expect(try parse(text) == ["before": 1, "text": "first\n\nlast = x", "after": 2])
        #expect(try parse("empty<<E\nE\n") == ["empty": ""])
    }

    @Test func linesAreSplitByBytes() throws {
        #expect(try parse("a=1\r\nb=2\r\n") == ["a": 1, "b": 2])
        #expect(try parse("x=\u{301}y\n") == ["x": "\u{301}y"])
    }

    @Test(arguments: [
        ("no equals sign", "line 1 of the output file has no `=`"),
        ("a=1\n b=2", "line 2 of the output file: ` b` is not a name"),
        ("=x", "line 1 of the output file: `` is not a name"),
        ("a<<END\nx", "line 1 of the output file: the text of `a` never ends with `END`"),
    ])
    func aBrokenLineIsNamed(text: String, message: String) {
        do {
            _ = try OutputFile.parse(Array(text.utf8))
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.text.hasPrefix(message), "\(error.text)")
        }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: OutputFile.Problem(text: "the output file is not UTF-8")) {
            try OutputFile.parse([0x61, 0x3D, 0xFF])
        }
    }
}

@Suite struct MetricsFileTests {
    @Test func aLineIsANameANumberAndPerhapsAStep() throws {
        let metrics = try MetricsFile.parse(Array("auc=0.84\nloss=1e-3 7\n\nval/loss=-2\n".utf8))
        #expect(
            metrics == [
                Metric(name: "auc", value: 0.84), Metric(name: "loss", value: 1e-3, step: 7),
                Metric(name: "val/loss", value: -2),
            ])
    }

    @Test func aMetricMayBeNotANumberSoThatAGateCanSaySo() throws {
        let metric = try #require(try MetricsFile.parse(Array("auc=nan".utf8)).first)
        #expect(metric.value.isNaN)
    }

    @Test(arguments: ["auc", "auc=", "auc=high", "auc=1 2 3", "auc=1 x", "=1", "a\tb=1"])
    func aBrokenLineIsNamed(line: String) {
        #expect(throws: MetricsFile.Problem.self) { try MetricsFile.parse(Array("good=1\n\(line)\n".utf8)) }
    }
}
