import Testing

@testable import HTTPAPI

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            ("bytes=0-9", 0..<10), ("bytes=90-", 90..<100), ("bytes=-5", 95..<100), ("bytes=0-999", 0..<100),
            ("bytes=-500", 0..<100),
        ] as [(String, Range<Int64>)])
    func readsOneRange(header: String, expected: Range<Int64>) {
        #expect(ByteRange(header, size: 100)?.bytes == expected)
    }

    @Test(arguments: [
        "bytes=100-", "bytes=5-4", "bytes=-0", "bytes=-", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "",
        "bytes=99999999999999999999-", "bytes=-1-2",
    ])
    func refusesOthers(header: String) {
        #expect(ByteRange(header, size: 100) == nil)
    }

    @Test func nothingIsARangeOfAnEmptyFile() {
        #expect(ByteRange("bytes=0-", size: 0) == nil)
    }
}
