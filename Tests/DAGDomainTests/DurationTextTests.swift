import DAGDomain
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("90s", 90_000_000),
        ("5m", 300_000_000),
        ("1h30m", 5_400_000_000),
        ("1h 30m", 5_400_000_000),
        ("1 h", 3_600_000_000),
        ("250ms", 250_000),
        ("1.5h", 5_400_000_000),
        ("2d", 172_800_000_000),
        ("0.1s", 100_000),
        ("0s", 0),
        ("0", 0),
        ("90", 90_000_000),
        ("0.25", 250_000),
        ("1e3", 1_000_000_000),
        ("25e-2", 250_000),
        ("0.000001", 1),
        ("0.0000019", 1),
        ("1.0000000000000000000000000000001s", 1_000_000),
        ("PT1H30M", 5_400_000_000),
        ("P1D", 86_400_000_000),
        ("P1DT12H", 129_600_000_000),
        ("P1W", 604_800_000_000),
        ("PT0.5S", 500_000),
        ("P36525D", 3_155_760_000_000_000),
    ])
    func readsDurations(text: String, microseconds: Int64) throws {
        #expect(try DurationText.parse(text).microseconds == microseconds)
    }

    @Test(arguments: [
        ("", DurationTextError.Reason.malformed),
        (" ", .malformed),
        ("s", .malformed),
        ("1.s", .malformed),
        (".5s", .malformed),
        ("1,5h", .malformed),
        ("5m30", .malformed),
        (" 5m", .malformed),
        ("5m ", .malformed),
        ("P", .malformed),
        ("PT", .malformed),
        ("P1DT", .malformed),
        ("P1H", .malformed),
        ("PT1D", .malformed),
        ("PT1S1H", .malformed),
        ("-", .malformed),
        ("1e", .malformed),
        ("1e3s", .malformed),
        ("٣s", .malformed),
        ("5 minutes", .unknownUnit("minutes")),
        ("5M", .unknownUnit("M")),
        ("5us", .unknownUnit("us")),
        ("30m1h", .unitOrder("h")),
        ("1h1h", .unitOrder("h")),
        ("-5", .negative),
        ("-5m", .negative),
        ("P1Y", .calendarUnit),
        ("P1M", .calendarUnit),
        ("36526d", .tooLong),
        ("99999999999999999999999999s", .tooLong),
        ("1e99", .tooLong),
        ("1e99999999999999999999", .tooLong),
        ("0.0000001s", .tooFine),
        ("1e-99999999999999999999", .tooFine),
    ])
    func refusesWhatIsNoDuration(text: String, reason: DurationTextError.Reason) {
        let error = #expect(throws: DurationTextError.self) { try DurationText.parse(text) }
        #expect(error?.reason == reason)
    }

    @Test func readsNumbersOfSeconds() throws {
        #expect(try Duration(secondsText: "0.1") == .milliseconds(100))
        #expect(try Duration(secondsText: "300") == .seconds(300))
        #expect(throws: DurationTextError.self) { try Duration(secondsText: "5m") }
        let error = #expect(throws: DurationTextError.self) { try Duration(secondsText: "-1") }
        #expect(error?.reason == .negative)
    }

    @Test(arguments: [
        (0, "0s"),
        (300, "0.3ms"),
        (1_000, "1ms"),
        (2_440, "2.4ms"),
        (250_000, "250ms"),
        (999_600, "1s"),
        (2_400_000, "2.4s"),
        (59_940_000, "59.9s"),
        (59_960_000, "1m"),
        (245_000_000, "4m 5s"),
        (3_599_600_000, "1h"),
        (5_400_000_000, "1h 30m"),
        (86_399_000_000, "1d"),
        (183_600_000_000, "2d 3h"),
        (-2_400_000, "-2.4s"),
    ])
    func describesForPeople(microseconds: Int64, text: String) {
        #expect(DurationText.describe(.microseconds(microseconds)) == text)
    }

    @Test func exactTextIsReadBack() throws {
        #expect(DurationText.exact(.seconds(5_400)) == "1h30m")
        #expect(DurationText.exact(.milliseconds(60_500)) == "1m500ms")
        #expect(DurationText.exact(.microseconds(1_250)) == "1.25ms")
        #expect(DurationText.exact(.microseconds(1)) == "0.001ms")
        var generator = TestGenerator(seed: 3)
        for _ in 0..<2_000 {
            let limit = Int64(1) << Int64.random(in: 1...51, using: &generator)
            let duration = Duration.microseconds(Int64.random(in: 0..<limit, using: &generator))
            #expect(try DurationText.parse(DurationText.exact(duration)) == duration)
        }
    }

    @Test func formatsExtremesWithoutTrapping() {
        for duration in [Duration.seconds(Int64.max), .seconds(Int64.min), .nanoseconds(1), .zero] {
            #expect(!DurationText.describe(duration).isEmpty)
            #expect(!DurationText.exact(duration).isEmpty)
        }
    }

    @Test func survivesGarbage() {
        var generator = TestGenerator(seed: 4)
        var accepted = 0
        for round in 0..<20_000 {
            let text = generator.damaged(
                round % 2 == 0 ? "1d2h30m1.5s" : "P1DT12H30M0.5S", alphabet: "0123456789.eE+- hmsdPTWYé\u{0}")
            if let duration = try? DurationText.parse(text) {
                accepted += 1
                #expect(duration >= .zero && duration <= DurationText.maximum)
            }
        }
        #expect(accepted > 100)
    }
}
