import DataProfiling
import Testing

@Suite struct ColumnPairTests {
    @Test func rowsWithoutAValueDoNotCount() throws {
        let file = try TableFile("id,label,score\n1,1,0.9\n2,,0.1\n3,0,NaN\n4,\"0\",0.2\n")
        let pairs = try #require(try ColumnPairReader().read(file.path, "label", "score"))
        #expect(pairs.first == ["1", "0"] && pairs.second == ["0.9", "0.2"] && pairs.rows == 4)
        #expect(try ColumnPairReader().read(file.path, "label", "none") == nil)
    }

    @Test func linesOfJSON() throws {
        let file = try TableFile(
            "{\"a\": 1, \"b\": \"x\"}\n{\"b\": \"y\"}\n{\"b\": null, \"a\": 2}\n{\"a\": true, \"b\": \"z\"}\n",
            name: "t")
        var reader = ColumnPairReader()
        reader.format = try TableFormat(sniffing: file.path)
        let pairs = try #require(try reader.read(file.path, "a", "b"))
        #expect(pairs.first == ["1", "true"] && pairs.second == ["x", "z"] && pairs.rows == 4)
    }

    @Test(arguments: [
        ("t", "a,b\n1,2\n", TableFormat.delimited(0x2C)), ("t", "a\tb\n1\t2\n", .delimited(0x09)),
        ("t", "\n {\"a\": 1}\n", .jsonLines), ("t", "", .delimited(0x2C)), ("t.tsv", "a,b", .delimited(0x09)),
    ])
    func aFormatIsSeenInTheFile(_ name: String, _ text: String, _ format: TableFormat) throws {
        let file = try TableFile(text, name: name)
        #expect(try TableFormat(sniffing: file.path) == format)
    }
}
