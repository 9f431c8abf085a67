import Testing

@testable import DataProfiling

@Suite struct DelimitedReaderTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let text: String
        let columns: [String]
        let rows: [[String]]
        var testDescription: String { text.debugDescription }
    }

    static let good: [Good] = [
        Good(text: "a,b\n1,2\n3,4\n", columns: ["a", "b"], rows: [["1", "2"], ["3", "4"]]),
        Good(text: "a,b\r\n1,2\r\n3,4", columns: ["a", "b"], rows: [["1", "2"], ["3", "4"]]),
        Good(text: "\u{FEFF}a\n1\n", columns: ["a"], rows: [["1"]]),
        Good(text: "a,b", columns: ["a", "b"], rows: []),
        Good(text: "a,b\n,\n", columns: ["a", "b"], rows: [["", ""]]),
        Good(text: "a,b\n1,", columns: ["a", "b"], rows: [["1", ""]]),
        Good(text: "a\n\n1\r\n\r\n\n2\n\n", columns: ["a"], rows: [["1"], ["2"]]),
        Good(text: "a,b\n\"x,y\",\"1\n2\"\n", columns: ["a", "b"], rows: [["x,y", "1\n2"]]),
        Good(text: "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", columns: ["a", "b"], rows: [["say \"hi\"", "\""]]),
        Good(text: "a,b\n\"\",\"\"", columns: ["a", "b"], rows: [["", ""]]),
        Good(text: "a\n\"x\"\r\n\"y\"\r", columns: ["a"], rows: [["x"], ["y"]]),
        Good(text: "a,b\n5\" disk,it's\n", columns: ["a", "b"], rows: [["5\" disk", "it's"]]),
        Good(text: "\"a b\",\"c,d\"\n1,2\n", columns: ["a b", "c,d"], rows: [["1", "2"]]),
        Good(text: ",x\n0,1\n", columns: ["column_1", "x"], rows: [["0", "1"]]),
        Good(text: "é,名\nö,字\n", columns: ["é", "名"], rows: [["ö", "字"]]),
        Good(text: "a\n x \n", columns: ["a"], rows: [[" x "]]),
        Good(text: "a,b\nx\ry,z\n", columns: ["a", "b"], rows: [["x\ry", "z"]]),
    ]

    /// Every buffer size from one byte on, so that each byte once is the last of a buffer.
    @Test(arguments: good)
    func tablesAreReadWhereverTheBufferEnds(_ table: Good) throws {
        let file = try TableFile(table.text)
        for capacity in 1...(table.text.utf8.count + 2) {
            let rows = RowList()
            let source = try ByteSource(path: file.path, capacity: capacity)
            var reader = DelimitedReader(source, delimiter: UInt8(ascii: ","), consumer: rows)
            try reader.read()
            #expect(rows.columns == table.columns, "buffer of \(capacity)")
            #expect(rows.rows == table.rows, "buffer of \(capacity)")
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String
        let error: @Sendable (String) -> DataFileError
        var testDescription: String { text.debugDescription }
    }

    static let bad: [Bad] = [
        Bad(text: "") { .noHeader(path: $0) },
        Bad(text: "\n\n") { .noHeader(path: $0) },
        Bad(text: "a,b\n1\n") { .wrongFieldCount(path: $0, line: 2, found: 1, expected: 2) },
        Bad(text: "a,b\n1,2\n\n1,2,3\n") { .wrongFieldCount(path: $0, line: 4, found: 3, expected: 2) },
        Bad(text: "a,b\n\"1\n2\",3\n4\n") { .wrongFieldCount(path: $0, line: 4, found: 1, expected: 2) },
        Bad(text: "a,b\n1,\"2\n3\n") { .openQuote(path: $0, line: 2) },
        Bad(text: "a,b\n\"1\"x,2\n") { .textAfterQuote(path: $0, line: 2) },
        Bad(text: "a,b\n\"1\" ,2\n") { .textAfterQuote(path: $0, line: 2) },
        Bad(text: "a,b,a\n1,2,3\n") { .duplicateColumn(path: $0, name: "a") },
    ]

    @Test(arguments: bad)
    func brokenTablesAreRefusedWithTheirLine(_ table: Bad) throws {
        let file = try TableFile(table.text)
        for capacity in [1, 3, 7, 4096] {
            let source = try ByteSource(path: file.path, capacity: capacity)
            var reader = DelimitedReader(source, delimiter: UInt8(ascii: ","), consumer: RowList())
            #expect(throws: table.error(file.path)) { try reader.read() }
        }
    }

    @Test func whatIsNoFileIsRefused() throws {
        let file = try TableFile("a\n1\n")
        #expect(throws: DataFileError.missing(path: file.path + ".gone")) {
            try ByteSource(path: file.path + ".gone")
        }
        #expect(throws: DataFileError.notAFile(path: "/dev/zero")) { try ByteSource(path: "/dev/zero") }
        #expect(throws: DataFileError.notAFile(path: file.folder)) { try ByteSource(path: file.folder) }
    }
}
