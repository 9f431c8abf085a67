import DAGDomain
import JSONText
import Testing

@testable import DataProfiling

@Suite struct TableProfilerTests {
    private func profile(
        _ text: String, name: String = "table.csv", _ change: (inout TableProfiler) -> Void = { _ in }
    ) throws -> TableProfile {
        let file = try TableFile(text, name: name)
        var profiler = TableProfiler()
        profiler.temporaryFolder = file.folder
        profiler.others.statistics = true
        change(&profiler)
        return try profiler.profile(file.path)
    }

    @Test func aColumnIsDescribed() throws {
        let table = try profile("n,t\n1,x\n2.5,\n,y\nNaN,y\n-4,\"\"\ninf,z\n")
        #expect(table.rows == 6)
        let numbers = try #require(table.column("n"))
        #expect(numbers.nulls == 2)
        #expect(numbers.type == .number)
        #expect(numbers.counts == [.integer: 2, .number: 2])
        #expect(numbers.infinite == 1)
        #expect(numbers.minimum == -4)
        #expect(numbers.maximum == 2.5)
        #expect(abs((numbers.mean ?? 9) + 0.5 / 3) < 1e-15)
        #expect(numbers.notNumbers == 0)
        let texts = try #require(table.column("t"))
        #expect(texts.nulls == 2)
        #expect(texts.type == .text)
        #expect(texts.minimum == nil)
        #expect(texts.notNumbers == 4)
    }

    @Test func theSameTableInBothFormatsIsDescribedAlike() throws {
        let csv = try profile("a,b,d\n1,x,2026-01-01\n2,,2026-01-03T12:00:00Z\n,y,2026-01-02\n")
        let lines = try profile(
            """
            {"a": 1, "b": "x", "d": "2026-01-01"}
            {"a": 2, "d": "2026-01-03T12:00:00Z"}
            {"b": "y", "d": "2026-01-02", "a": null}
            """, name: "table.jsonl")
        #expect(csv.columns == lines.columns)
        #expect(csv.column("d")?.newest?.rfc3339 == "2026-01-03T12:00:00.000000Z")
        #expect(csv.column("d")?.type == .timestamp)
    }

    @Test func textsOfJSONAreNoNumbers() throws {
        let table = try profile("{\"a\": \"1\"}\n{\"a\": \"true\"}\n", name: "t.ndjson")
        #expect(table.column("a")?.type == .text)
    }

    @Test func nullWordsCanBeChosen() throws {
        let table = try profile("a\nNA\nnull\nx\n") { $0.nullWords = ["NA"] }
        #expect(table.column("a")?.nulls == 1)
    }

    @Test func valuesThatAreNotAsDemandedAreCountedWithExamples() throws {
        let table = try profile("a,b\n1,x\n2.5,y\nz,x\n4,q\n") { profiler in
            profiler.columns["a"] = ColumnMeasures(type: .integer)
            profiler.columns["b"] = ColumnMeasures(allowed: ["x", "y"])
        }
        let first = try #require(table.column("a"))
        #expect(first.mistyped == 2)
        #expect(
            first.examples
                == [ColumnProfile.Example(row: 2, value: "2.5"), ColumnProfile.Example(row: 3, value: "z")])
        #expect(table.column("b")?.unexpected == 1)
        #expect(table.column("b")?.examples == [ColumnProfile.Example(row: 4, value: "q")])
    }

    @Test(arguments: [
        (ColumnType.integer, 1), (.number, 2), (.boolean, 1), (.date, 1), (.timestamp, 2), (.text, 6),
    ])
    func typesIncludeNarrowerOnes(_ type: ColumnType, _ fitting: Int) throws {
        let table = try profile("a\n1\n2.5\ntrue\n2026-01-01\n2026-01-01T00:00:00Z\nx\n") {
            $0.columns["a"] = ColumnMeasures(type: type)
        }
        #expect(table.column("a")?.mistyped == 6 - fitting)
    }

    @Test func duplicatesAreCountedWithoutNulls() throws {
        let table = try profile("a\nx\ny\nx\nnull\nnull\nx\n") { $0.others.duplicates = true }
        #expect(table.column("a")?.duplicates == 2)
    }

    /// More values than fit into memory, of which some repeat across the parts on disk.
    @Test func duplicatesAreCountedExactlyOnDisk() throws {
        let file = try TableFile("")
        let count = DuplicateCount(folder: file.folder, memoryLimit: 1000)
        var repeated = 0
        for number in 0..<300_000 {
            let value = number.isMultiple(of: 1000) ? 1 : number
            if value == 1, number != 0 { repeated += 1 }
            withUnsafeBytes(of: value) { count.add($0) }
        }
        #expect(try count.duplicates() == repeated)
    }

    @Test func aFolderThatIsGoneIsSaid() throws {
        let count = DuplicateCount(folder: "/no/such/folder", memoryLimit: 10)
        for number in 0..<20 { withUnsafeBytes(of: number) { count.add($0) } }
        #expect(throws: DataFileError.noRoomToCount(folder: "/no/such/folder", code: 2)) {
            try count.duplicates()
        }
    }

    @Test func samplesKeepWhatTheColumnHolds() throws {
        let table = try profile("i,n,t,m\n9007199254740993,1,x,1\n2,0.5,y,b\n3,2,x,\n") {
            $0.others.sampleSize = 10
        }
        #expect(table.column("i")?.sample == .integers([9_007_199_254_740_993, 2, 3]))
        #expect(table.column("n")?.sample == .numbers([1, 0.5, 2]))
        #expect(table.column("t")?.sample == .categories(["x": 2, "y": 1]))
        #expect(table.column("m")?.sample == .categories(["1": 1, "b": 1]))
    }

    @Test func largeColumnsAreSampledAlikeEachTime() throws {
        let text = "n,t\n" + (0..<30_000).map { "\($0),id\($0)\n" }.joined()
        let first = try profile(text) { $0.others.sampleSize = 1000 }
        let second = try profile(text) { $0.others.sampleSize = 1000 }
        #expect(first.columns == second.columns)
        guard case .integers(let values)? = first.column("n")?.sample else {
            Issue.record("no sample of integers")
            return
        }
        #expect(values.count == 1000 && Set(values).count == 1000)
        // A uniform sample of 0..<30000 has its mean within five standard errors of the middle.
        let mean = Double(values.reduce(0, +)) / 1000
        #expect(abs(mean - 15_000) < 5 * 8660 / 1000.0.squareRoot())
        #expect(first.column("t")?.sample == .tooManyCategories)
    }

    @Test func aNameWithoutAKnownEndingNeedsAFormat() throws {
        let file = try TableFile("a\n1\n", name: "table.txt")
        #expect(throws: DataFileError.unknownFormat(path: file.path)) {
            try TableProfiler().profile(file.path)
        }
        var profiler = TableProfiler()
        profiler.format = .delimited(UInt8(ascii: ","))
        #expect(try profiler.profile(file.path).rows == 1)
    }
}

extension ColumnMeasures {
    init(type: ColumnType) {
        self.init()
        self.type = type
    }

    init(allowed: [String]) {
        self.init()
        self.allowed = allowed.map { .string($0) }
    }
}
