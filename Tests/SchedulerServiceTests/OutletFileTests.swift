import DAGDomain
import JSONText
import Testing

@testable import SchedulerService

@Suite struct OutletFileTests {
    private let outlets = ["s3://a", "s3://b=c"].map { AssetURI($0) }

    private func parse(_ text: String) throws -> [AssetURI: JSONObject] {
        try OutletFile.parse(Array(text.utf8), of: outlets).extras
    }

    @Test func readsAnObjectALine() throws {
        let extras = try parse(
            """
            {"asset": "s3://a", "extra": {"rows": 1}}

            {"asset": "s3://b=c"}\r
            {"asset": "s3://a", "extra": {"rows": 2}}

            """)
        #expect(extras == [outlets[0]: ["rows": 2], outlets[1]: [:]])
        #expect(try parse("").isEmpty)
    }

    /// As in Airflow: one update for each asset and extra, whatever the number of aliases it was told under.
    @Test func readsUpdatesUnderAliases() throws {
        let aliases = ["x", "y"].map { AssetAliasName($0) }
        let content = try OutletFile.parse(
            Array(
                """
                {"alias": "x", "asset": "s3://new", "extra": {"n": 1}}
                {"asset": "s3://a", "extra": {"rows": 1}}
                {"alias": "y", "asset": "s3://new", "extra": {"n": 1}}
                {"alias": "x", "asset": "s3://new", "extra": {"n": 1}}
                {"alias": "x", "asset": "s3://new"}
                """.utf8), of: outlets, aliases: aliases)
        #expect(content.extras == [outlets[0]: ["rows": 1]])
        #expect(
            content.aliased == [
                .init(asset: AssetURI("s3://new"), extra: ["n": 1], aliases: aliases),
                .init(asset: AssetURI("s3://new"), extra: [:], aliases: [aliases[0]]),
            ])
    }

    @Test(arguments: [
        (
            #"{"alias": "z", "asset": "s3://n"}"#,
            "line 1 of the outlets file: `z` is not one of the task's aliases"
        ),
        (
            #"{"alias": 1, "asset": "s3://n"}"#,
            #"line 1 of the outlets file is not {"alias": NAME, "asset": URI"#
        ),
        (#"{"alias": "x", "asset": " "}"#, "an asset is named by up to 1500 printable ASCII characters"),
        (#"{"asset": "s3://n"}"#, #"an update under an alias names the "alias""#),
    ])
    func refusesUnderAliases(_ text: String, _ problem: String) {
        #expect {
            _ = try OutletFile.parse(Array(text.utf8), of: outlets, aliases: [AssetAliasName("x")])
        } throws: { error in
            (error as? OutputFile.Problem)?.text.contains(problem) == true
        }
    }

    @Test(arguments: [
        ("{\"asset\": \"s3://a\"}\nx", "line 2 of the outlets file is not"),
        ("[]", "line 1 of the outlets file is not"), ("{\"extra\": {}}", "line 1 of the outlets file is not"),
        ("{\"asset\": \"s3://a\", \"extra\": []}", "line 1 of the outlets file is not"),
        ("{\"asset\": \"s3://z\"}", "`s3://z` is not one of the task's outlets"),
    ])
    func refuses(_ text: String, _ problem: String) {
        #expect {
            _ = try parse(text)
        } throws: { error in
            (error as? OutputFile.Problem)?.text.contains(problem) == true
        }
        #expect(throws: OutputFile.Problem.self) { try OutletFile.parse([0xFF], of: outlets) }
    }
}

/// When a file that is new or has changed counts as complete.
@Suite struct FileSettlingTests {
    private let now = Timestamp(secondsSinceEpoch: 1_767_225_600)

    private func file(_ size: Int64, path: String = "/in/a") -> WatchedFile {
        WatchedFile(path: path, sizeBytes: size, modified: size, inode: 1)
    }

    @Test func aClosedFileIsComplete() {
        var settling = FileSettling()
        settling.take(.written("/in/a"))
        #expect(settling.complete([file(1)], settling: .seconds(1), now: now).files.isEmpty)
        settling.take(.complete("/in/a"))
        #expect(settling.complete([file(1)], settling: .seconds(1), now: now).files == [file(1)])
    }

    /// However long the writer takes.
    @Test func aFileThatIsWrittenToIsNotComplete() {
        var settling = FileSettling()
        settling.take(.written("/in/a"))
        for seconds in [0, 10, 100_000] as [Int64] {
            let found = settling.complete([file(1)], settling: .seconds(1), now: now + .seconds(seconds))
            #expect(found.files.isEmpty && found.lookAgain == nil)
        }
        // Events were lost: nobody knows any more who writes.
        settling.take(.overflowed)
        #expect(
            !settling.complete([file(1)], settling: .seconds(1), now: now + .seconds(200_000)).files.isEmpty)
    }

    @Test func aFileOfWhichNobodyToldMustStayTheSame() {
        var settling = FileSettling()
        let first = settling.complete([file(1)], settling: .seconds(2), now: now)
        #expect(first.files.isEmpty && first.lookAgain == now + .seconds(2))
        // It has grown: the time begins anew.
        let second = settling.complete([file(2)], settling: .seconds(2), now: now + .seconds(1))
        #expect(second.files.isEmpty && second.lookAgain == now + .seconds(3))
        #expect(
            settling.complete([file(2)], settling: .seconds(2), now: now + .seconds(3)).files == [file(2)])
        #expect(settling.complete([file(3)], settling: .zero, now: now).files == [file(3)])
    }

    @Test func eachFileForItself() {
        var settling = FileSettling()
        settling.take(.complete("/in/a"))
        let files = [file(1), file(1, path: "/in/b")]
        let found = settling.complete(files, settling: .seconds(1), now: now)
        #expect(found.files == [files[0]] && found.lookAgain == now + .seconds(1))
    }
}
