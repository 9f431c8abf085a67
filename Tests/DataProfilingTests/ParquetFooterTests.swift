import DAGDomain
import Foundation
import Testing

@testable import DataProfiling

/// `Fixtures/types.parquet` was written by pyarrow 26.0.1: three rows, a column of each kind.
@Suite struct ParquetFooterTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/types.parquet").path

    /// The Thrift structure at the file's end.
    private static func metadata() throws -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        let tail = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        return Array(bytes.dropLast(8).suffix(tail))
    }

    @Test func aFileOfPyarrowIsReadAsItWasWritten() throws {
        let footer = try ParquetFooter(path: Self.file)
        #expect(footer.rows == 3)
        let columns = footer.columns.map { "\($0.name) \($0.type ?? "?")" }
        #expect(
            columns == [
                "id int64", "name string", "score double", "ok boolean", "day date", "at timestamp",
                "price decimal(10,2)", "tags list", "pos struct", "small int8", "f float", "raw binary",
                "m map", "cat string", "t time",
            ])
    }

    @Test func whatIsNoParquetIsSaidSo() throws {
        let texts: [(String, ParquetFooter.Failure)] = [
            ("", .notParquet), ("PAR1", .notParquet), ("a,b\n1,2\n3,4\n", .notParquet),
            ("PAR1....\u{1}\0\0\0PARE", .encrypted), ("PAR1....\u{1F}\0\0\0PAR1", .damaged),
            ("PAR1....\0\0\0\u{7F}PAR1", .footerTooLarge(bytes: 0x7F00_0000)),
            ("PAR1\0\u{1}\0\0\0PAR1", .damaged),
        ]
        for (text, failure) in texts {
            let file = try TableFile(text, name: "x.parquet")
            #expect(throws: failure) { try ParquetFooter(path: file.path) }
        }
        #expect(throws: ParquetFooter.Failure.missing) { try ParquetFooter(path: "/nowhere/x.parquet") }
        #expect(throws: ParquetFooter.Failure.notAFile) { try ParquetFooter(path: "/") }
    }

    /// Every beginning of the footer, and 20,000 footers with some bytes changed: each is read or refused, and never
    /// takes long or much memory.
    @Test func damagedFootersAreRefused() throws {
        let whole = try Self.metadata()
        for count in 0..<whole.count { _ = try? ParquetFooter(metadata: Array(whole[..<count])) }
        #expect(throws: ParquetFooter.Failure.damaged) { try ParquetFooter(metadata: []) }
        var seed: UInt64 = 1
        func next(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % limit
        }
        var read = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...next(8) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if let footer = try? ParquetFooter(metadata: bytes) {
                read += 1
                #expect(footer.rows >= 0 && footer.columns.count <= 100_000)
            }
        }
        #expect(read > 100)
    }

    /// Lists and structures inside each other, without an end: refused before the stack is.
    @Test func endlessNestingIsRefused() {
        // Field 1 of a structure is a structure, whose field 1 is a structure...
        #expect(throws: ParquetFooter.Failure.damaged) {
            try ParquetFooter(metadata: [UInt8](repeating: 0x1C, count: 100_000))
        }
        // Field 1 is a list of one list of one list...
        #expect(throws: ParquetFooter.Failure.damaged) {
            try ParquetFooter(metadata: [UInt8](repeating: 0x19, count: 100_000))
        }
    }
}

@Suite struct DatasetReadingTests {
    @Test func aTableIsCountedAndItsColumnsTyped() throws {
        let file = try TableFile("id,when,note\n1,2026-01-01,x\n2,2026-01-02,\n", name: "a.csv")
        let facts = DatasetReading().facts(file.path, .csv)
        #expect(facts.rows == 2 && facts.problem == nil)
        #expect(facts.columns.map(\.type) == ["integer", "date", "text"])
        let lines = try TableFile("{\"a\":1}\n{\"a\":2.5,\"b\":true}\n", name: "a.jsonl")
        let found = DatasetReading().facts(lines.path, .jsonl)
        #expect(found.rows == 2 && found.columns.map(\.type) == ["number", "boolean"])
    }

    /// Beyond the limit only the beginning is read: its columns are known, its rows are not.
    @Test func aLargeTableIsReadInPart() throws {
        let text = "a,b\n" + String(repeating: "1,x\n", count: 1_000_000) + "\"open"
        let file = try TableFile(text, name: "a.csv")
        var reading = DatasetReading()
        reading.wholeLimit = 1 << 20
        reading.partLimit = 1 << 20
        let facts = reading.facts(file.path, .csv)
        #expect(facts.rows == nil && facts.columns.map(\.type) == ["integer", "text"])
        #expect(facts.problem?.contains("first 1 MiB") == true)
        // Read whole, its end is wrong.
        #expect(DatasetReading().facts(file.path, .csv).problem?.contains("quote") == true)
    }

    @Test func factsSurviveTheirText() {
        let facts = DatasetFacts(
            format: .parquet, rows: 3, columns: [.init(name: "a", type: nil), .init(name: "b", type: "x")],
            problem: "p")
        #expect(DatasetFacts(facts.json) == facts)
    }
}
