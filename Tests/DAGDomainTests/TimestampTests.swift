import DAGDomain
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01", 1_000_000),
        ("1970-01-01T00:01", 60_000_000),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1970-01-01T00:00:00.123456Z", 123_456),
        ("1970-01-01T00:00:00.123456999Z", 123_456),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-01-01T00:00:00Z", 1_767_225_600_000_000),
        ("2026-01-01T02:00:00+02:00", 1_767_225_600_000_000),
        ("2025-12-31T19:00:00-0500", 1_767_225_600_000_000),
        ("2026-01-01t00:00:00z", 1_767_225_600_000_000),
        ("2026-01-01 00:00:00+00:00", 1_767_225_600_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func readsInstants(text: String, microseconds: Int64) throws {
        #expect(try Timestamp(rfc3339: text).microsecondsSinceEpoch == microseconds)
    }

    @Test(arguments: [
        ("", TimestampFormatError.Reason.malformed),
        ("now", .malformed),
        ("2026-01", .malformed),
        ("2026-01-01T", .malformed),
        ("2026-01-01Z", .malformed),
        ("2026-1-1", .malformed),
        ("20260101T000000Z", .malformed),
        ("2026-01-01T00:00:00.Z", .malformed),
        ("2026-01-01T00:00:00ZZ", .malformed),
        ("2026-01-01T00:00:00+2", .malformed),
        (" 2026-01-01", .malformed),
        ("2026-01-01T00:00:00Z\n", .malformed),
        ("٢٠٢٦-01-01", .malformed),
        ("-2026-01-01", .malformed),
        ("2026-13-01", .noSuchDate),
        ("2026-00-01", .noSuchDate),
        ("2026-02-30", .noSuchDate),
        ("2025-02-29T00:00:00Z", .noSuchDate),
        ("2100-02-29", .noSuchDate),
        ("2026-04-31", .noSuchDate),
        ("2026-01-00", .noSuchDate),
        ("2026-01-01T24:00:00Z", .noSuchTime),
        ("2026-01-01T23:60:00Z", .noSuchTime),
        ("2026-01-01T23:59:61Z", .noSuchTime),
        ("2016-12-31T23:59:60Z", .leapSecond),
        ("2026-01-01T00:00:00+24:00", .noSuchOffset),
        ("2026-01-01T00:00:00+01:60", .noSuchOffset),
        ("0000-01-01T00:00:00+00:01", .outOfRange),
        ("9999-12-31T23:59:59-00:01", .outOfRange),
    ])
    func refusesWhatIsNoInstant(text: String, reason: TimestampFormatError.Reason) {
        let error = #expect(throws: TimestampFormatError.self) { try Timestamp(rfc3339: text) }
        #expect(error?.reason == reason)
    }

    @Test func writesSixDigitsAndRunIDs() {
        let whole = Timestamp(secondsSinceEpoch: 1_767_225_600)
        #expect(whole.rfc3339 == "2026-01-01T00:00:00.000000Z")
        #expect(whole.runIDText == "2026-01-01T00:00:00+00:00")
        let fine = whole + .microseconds(1_500)
        #expect(fine.rfc3339 == "2026-01-01T00:00:00.001500Z")
        #expect(fine.runIDText == "2026-01-01T00:00:00.001500+00:00")
        #expect(Timestamp(microsecondsSinceEpoch: -1).rfc3339 == "1969-12-31T23:59:59.999999Z")
    }

    @Test func writesEveryInstantWithoutTrapping() {
        #expect(Timestamp.distantFuture.rfc3339 == "294247-01-10T04:00:54.775807Z")
        #expect(Timestamp.distantPast.rfc3339 == "-290308-12-21T19:59:05.224193Z")
    }

    @Test func readsBackWhatItWrites() throws {
        var generator = TestGenerator(seed: 1)
        for _ in 0..<2_000 {
            let instant = Timestamp(
                microsecondsSinceEpoch: Int64.random(
                    in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &generator))
            #expect(try Timestamp(rfc3339: instant.rfc3339) == instant)
            #expect(try Timestamp(rfc3339: instant.runIDText) == instant)
        }
    }

    @Test func survivesGarbage() {
        var generator = TestGenerator(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = generator.damaged(
                "2026-01-01T00:00:00.123456+02:00", alphabet: "0123456789TZ:+-. ٣é\u{0}")
            if let instant = try? Timestamp(rfc3339: text) {
                accepted += 1
                #expect((try? Timestamp(rfc3339: instant.rfc3339)) == instant)
            }
        }
        #expect(accepted > 0)
    }

    @Test func errorsShowNoControlCharacters() {
        let error = #expect(throws: TimestampFormatError.self) { try Timestamp(rfc3339: "\u{1B}[2J\u{202E}") }
        #expect(error?.description.hasPrefix(#""\u{1B}[2J\u{202E}" is not a time"#) == true)
    }
}
