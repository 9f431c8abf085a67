import Testing

@testable import DataProfiling

@Suite struct JSONLinesReaderTests {
    private func read(_ text: String, capacity: Int = 4096) throws -> RowList {
        let file = try TableFile(text, name: "table.jsonl")
        let rows = RowList()
        var reader = JSONLinesReader(try ByteSource(path: file.path, capacity: capacity), consumer: rows)
        try reader.read()
        return rows
    }

    static let text = """
        {"a": 1, "b": "x"}

        {"b":"é\\n\\u00e9\\ud83d\\ude00\\"","a":-1.5e3,"c":true}
        { "c" : null , "d" : {"deep": ["}", {}]} }\r
        {}
        {"\\u0061": false, "b": ""}
        """

    @Test func linesAreReadWhereverTheBufferEnds() throws {
        for capacity in [1, 2, 3, 5, 8, 13, 40, 4096] {
            let rows = try read(Self.text, capacity: capacity)
            #expect(rows.columns == ["a", "b", "c", "d"])
            #expect(
                rows.rows == [
                    ["1", "x"], ["é\né😀\"", "-1.5e3", "true"], ["null", "{\"deep\": [\"}\", {}]}"], [],
                    ["false", ""],
                ])
            #expect(rows.kinds[1] == ["b": .string, "a": .number, "c": .boolean])
            #expect(rows.kinds[2] == ["c": .null, "d": .nested])
        }
    }

    @Test(arguments: [
        "{\"a\":1}\n[1]\n", "{\"a\":1}\n{\"a\":1,\"a\":2}\n", "{\"a\":1}\n{\"a\":01}\n",
        "{\"a\":1}\n{\"a\":1\n",
        "{\"a\":1}\n{\"a\":1} x\n", "{\"a\":1}\n{\"a\":NaN}\n", "{\"a\":1}\n{\"a\":[1,]}\n",
        "{\"a\":1}\n{\"a\" 1}\n",
        "{\"a\":1}\n{\"a\":\"\\x\"}\n", "{\"a\":1}\n{\"a\":\"\t\"}\n", "{\"a\":1}\n{,}\n",
        "{\"a\":1}\n{\"a\":-}\n",
        "{\"a\":1}\n{\"a\":1.}\n", "{\"a\":1}\nnull\n", "{\"a\":1}\n{'a':1}\n",
    ])
    func brokenLinesAreRefusedWithTheirNumber(_ text: String) throws {
        let error = #expect(throws: DataFileError.self) { try read(text) }
        guard case .badLine(_, line: 2, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func columnsCannotGrowWithoutEnd() throws {
        let line = "{" + (0...10_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
        let error = #expect(throws: DataFileError.self) { try read(line) }
        guard case .tooManyColumns? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
