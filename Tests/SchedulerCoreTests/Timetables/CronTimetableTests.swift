import DAGDomain
import SchedulerCore
import Testing

/// A cron expression in a zone, where to start, and the ticks that must follow with their local time.
struct CronCase: Sendable, CustomTestStringConvertible {
    let expression: String
    let zone: String
    let from: String
    let ticks: [(utc: String, local: String)]

    init(_ expression: String, _ zone: String, _ from: String, _ ticks: (utc: String, local: String)...) {
        self.expression = expression
        self.zone = zone
        self.from = from
        self.ticks = ticks
    }

    var testDescription: String { "\(expression) in \(zone) from \(from)" }
}

@Suite struct CronTimetableTests: TimetableSuite {
    static let ordinary = [
        CronCase(
            "0 0 29 2 *", "UTC", "2025-01-01T00:00:00+00:00",
            ("2028-02-29T00:00Z", "2028-02-29 00:00 +0000"), ("2032-02-29T00:00Z", "2032-02-29 00:00 +0000")),
        CronCase(
            "0 0 13 * 5", "UTC", "2025-06-01T00:00:00+00:00",
            ("2025-06-06T00:00Z", "2025-06-06 00:00 +0000"), ("2025-06-13T00:00Z", "2025-06-13 00:00 +0000"),
            ("2025-06-20T00:00Z", "2025-06-20 00:00 +0000"), ("2025-06-27T00:00Z", "2025-06-27 00:00 +0000")),
        CronCase(
            "0 0 */2 * 1", "UTC", "2025-06-01T00:00:00+00:00",
            ("2025-06-09T00:00Z", "2025-06-09 00:00 +0000"), ("2025-06-23T00:00Z", "2025-06-23 00:00 +0000")),
        CronCase(
            "0 0 L * *", "UTC", "2025-01-31T00:00:00+00:00",
            ("2025-02-28T00:00Z", "2025-02-28 00:00 +0000"), ("2025-03-31T00:00Z", "2025-03-31 00:00 +0000"),
            ("2025-04-30T00:00Z", "2025-04-30 00:00 +0000")),
        CronCase(
            "0 9 * * MON#2", "Europe/London", "2025-03-20T00:00:00+00:00",
            ("2025-04-14T08:00Z", "2025-04-14 09:00 +0100"), ("2025-05-12T08:00Z", "2025-05-12 09:00 +0100")),
        CronCase(
            "0 12 * * 7", "UTC", "2025-06-02T00:00:00+00:00",
            ("2025-06-08T12:00Z", "2025-06-08 12:00 +0000")),
        CronCase(
            "5-59/15 8-10/2 * JAN,jul MON-FRI", "UTC", "2025-07-04T09:00:00+00:00",
            ("2025-07-04T10:05Z", "2025-07-04 10:05 +0000"), ("2025-07-04T10:20Z", "2025-07-04 10:20 +0000"),
            ("2025-07-04T10:35Z", "2025-07-04 10:35 +0000")),
        CronCase(
            "*/25 * * * *", "UTC", "2025-06-01T00:30:00+00:00",
            ("2025-06-01T00:50Z", "2025-06-01 00:50 +0000"), ("2025-06-01T01:00Z", "2025-06-01 01:00 +0000"),
            ("2025-06-01T01:25Z", "2025-06-01 01:25 +0000")),
        CronCase(
            "0 0 1 1 *", "Pacific/Kiritimati", "2025-12-31T09:59:59+00:00",
            ("2025-12-31T10:00Z", "2026-01-01 00:00 +1400")),
        CronCase(
            "0 0 1W * *", "UTC", "2025-02-28", ("2025-03-03T00:00Z", "2025-03-03 00:00 +0000"),
            ("2025-04-01T00:00Z", "2025-04-01 00:00 +0000"), ("2025-05-01T00:00Z", "2025-05-01 00:00 +0000"),
            ("2025-06-02T00:00Z", "2025-06-02 00:00 +0000")),
        CronCase(
            "0 0 29 2 */7", "UTC", "2088-03-01", ("2128-02-29T00:00Z", "2128-02-29 00:00 +0000")),
    ]

    static let acrossChanges = [
        CronCase(
            "30 2 * * *", "America/New_York", "2025-03-08T12:00:00-05:00",
            ("2025-03-09T07:00Z", "2025-03-09 03:00 -0400"), ("2025-03-10T06:30Z", "2025-03-10 02:30 -0400"),
            ("2025-03-11T06:30Z", "2025-03-11 02:30 -0400")),
        CronCase(
            "0 2 * * *", "America/New_York", "2025-03-08T12:00:00-05:00",
            ("2025-03-09T07:00Z", "2025-03-09 03:00 -0400"), ("2025-03-10T06:00Z", "2025-03-10 02:00 -0400")),
        CronCase(
            "*/30 * * * *", "America/New_York", "2025-03-09T01:15:00-05:00",
            ("2025-03-09T06:30Z", "2025-03-09 01:30 -0500"), ("2025-03-09T07:00Z", "2025-03-09 03:00 -0400"),
            ("2025-03-09T07:30Z", "2025-03-09 03:30 -0400")),
        CronCase(
            "30 1 * * *", "America/New_York", "2025-11-01T12:00:00-04:00",
            ("2025-11-02T05:30Z", "2025-11-02 01:30 -0400"), ("2025-11-03T06:30Z", "2025-11-03 01:30 -0500")),
        CronCase(
            "30 * * * *", "America/New_York", "2025-11-02T00:45:00-04:00",
            ("2025-11-02T05:30Z", "2025-11-02 01:30 -0400"), ("2025-11-02T06:30Z", "2025-11-02 01:30 -0500"),
            ("2025-11-02T07:30Z", "2025-11-02 02:30 -0500"), ("2025-11-02T08:30Z", "2025-11-02 03:30 -0500")),
        CronCase(
            "0 */4 * * *", "America/New_York", "2025-03-08T22:00:00-05:00",
            ("2025-03-09T05:00Z", "2025-03-09 00:00 -0500"), ("2025-03-09T08:00Z", "2025-03-09 04:00 -0400"),
            ("2025-03-09T12:00Z", "2025-03-09 08:00 -0400")),
        CronCase(
            "0 12 * * 0", "Europe/Berlin", "2022-03-24T12:00:00+01:00",
            ("2022-03-27T10:00Z", "2022-03-27 12:00 +0200")),
        CronCase(
            "0 0 * * *", "Africa/Cairo", "2025-04-23T12:00:00+02:00",
            ("2025-04-23T22:00Z", "2025-04-24 00:00 +0200"), ("2025-04-24T22:00Z", "2025-04-25 01:00 +0300"),
            ("2025-04-25T21:00Z", "2025-04-26 00:00 +0300")),
        CronCase(
            "15 2 * * *", "Australia/Lord_Howe", "2025-10-04T12:00:00+10:30",
            ("2025-10-04T15:30Z", "2025-10-05 02:30 +1100"), ("2025-10-05T15:15Z", "2025-10-06 02:15 +1100")),
        CronCase(
            "0 12 * * *", "Pacific/Apia", "2011-12-28T12:00:00-10:00",
            ("2011-12-29T22:00Z", "2011-12-29 12:00 -1000"), ("2011-12-30T10:00Z", "2011-12-31 00:00 +1400"),
            ("2011-12-30T22:00Z", "2011-12-31 12:00 +1400")),
        CronCase(
            "@hourly", "Europe/London", "2025-10-26T00:30:00+01:00",
            ("2025-10-26T00:00Z", "2025-10-26 01:00 +0100"), ("2025-10-26T01:00Z", "2025-10-26 01:00 +0000"),
            ("2025-10-26T02:00Z", "2025-10-26 02:00 +0000")),
        // Asked from inside the second pass, a fixed time waits for the next day.
        CronCase(
            "30 1 * * *", "America/New_York", "2025-11-02T01:15:00-05:00",
            ("2025-11-03T06:30Z", "2025-11-03 01:30 -0500")),
        // Several skipped times are one run; it merges with a real run at that instant.
        CronCase(
            "0,15,30 2,3 * * *", "America/New_York", "2025-03-09T06:59Z",
            ("2025-03-09T07:00Z", "2025-03-09 03:00 -0400"), ("2025-03-09T07:15Z", "2025-03-09 03:15 -0400")),
        // Nothing of a wildcard expression stands for a gap.
        CronCase(
            "*/20 2 * * *", "America/New_York", "2025-03-09T06:59Z",
            ("2025-03-10T06:00Z", "2025-03-10 02:00 -0400")),
        // A repeated half hour.
        CronCase(
            "45 1 * * *", "Australia/Lord_Howe", "2025-04-05T00:00Z",
            ("2025-04-05T14:45Z", "2025-04-06 01:45 +1100"), ("2025-04-06T15:15Z", "2025-04-07 01:45 +1030")),
        CronCase(
            "45 * * * *", "Australia/Lord_Howe", "2025-04-05T14:00Z",
            ("2025-04-05T14:45Z", "2025-04-06 01:45 +1100"), ("2025-04-05T15:15Z", "2025-04-06 01:45 +1030"),
            ("2025-04-05T16:15Z", "2025-04-06 02:45 +1030")),
        // A day that the calendar of a place left out, and one that it lived through twice.
        CronCase(
            "0 0 30 12 *", "Pacific/Apia", "2011-01-01", ("2011-12-30T10:00Z", "2011-12-31 00:00 +1400"),
            ("2012-12-29T10:00Z", "2012-12-30 00:00 +1400")),
        CronCase(
            "0 12 30 9 *", "Pacific/Kwajalein", "1969-09-01", ("1969-09-30T01:00Z", "1969-09-30 12:00 +1100"),
            ("1970-10-01T00:00Z", "1970-09-30 12:00 -1200")),
    ]

    @Test(arguments: ordinary + acrossChanges)
    func ticksAsListed(example: CronCase) throws {
        let timetable = try cron(example.expression, in: example.zone)
        let expected = try example.ticks.map { try instant($0.utc) }
        let start = try instant(example.from)
        #expect(timetable.next(expected.count, after: start) == expected)
        #expect(expected.map { timetable.zone.localText(of: $0) } == example.ticks.map(\.local))

        // The same ticks, asked from the other end and by number.
        for (index, tick) in expected.enumerated() {
            #expect(timetable.latest(atOrBefore: tick) == tick)
            #expect(timetable.count(after: start, through: tick) == index + 1)
            let previous = timetable.latest(atOrBefore: tick - .microseconds(1))
            if index > 0 {
                #expect(previous == expected[index - 1])
            } else {
                #expect(previous ?? start <= start)
            }
        }
    }

    @Test func unionOfSeveralExpressionsHasNoDuplicates() throws {
        let timetable = try cron("0 * * * *", "*/30 * * * *", "15 3 * * *", "0 3 * * *")
        let start = try instant("2026-01-01T02:30Z")
        let expected = try instants(
            "2026-01-01T03:00Z", "2026-01-01T03:15Z", "2026-01-01T03:30Z", "2026-01-01T04:00Z")
        #expect(timetable.next(4, after: start) == expected)
        #expect(try timetable.count(after: start, through: instant("2026-01-01T04:00Z")) == 4)
        #expect(
            try timetable.count(after: instant("2025-12-31T23:59Z"), through: instant("2026-12-31T23:59Z"))
                == 365 * 49)
    }

    /// A fixed and a wildcard expression together: the fixed one keeps its own rule at a change of the clock.
    @Test func unionKeepsEachExpressionsRule() throws {
        let timetable = try cron("15 2 * * *", "30 * * * *", in: "America/New_York")
        let expected = try instants("2025-03-09T06:30Z", "2025-03-09T07:00Z", "2025-03-09T07:30Z")
        #expect(try timetable.next(3, after: instant("2025-03-09T06:00Z")) == expected)
        let overlap = try cron("15 1 * * *", "30 * * * *", in: "America/New_York")
        let both = try instants(
            "2025-11-02T05:15Z", "2025-11-02T05:30Z", "2025-11-02T06:30Z", "2025-11-02T07:30Z")
        #expect(try overlap.next(4, after: instant("2025-11-02T05:00Z")) == both)
    }

    @Test func fractionsOfSecondsInTheQuestionDoNotMatter() throws {
        let timetable = try cron("* * * * *")
        let tick = try instant("2026-01-01T00:01:00Z")
        #expect(timetable.next(after: tick - .microseconds(1)) == tick)
        #expect(timetable.next(after: tick) == tick + .seconds(60))
        #expect(timetable.next(after: tick + .microseconds(1)) == tick + .seconds(60))
        #expect(timetable.latest(atOrBefore: tick) == tick)
        #expect(timetable.latest(atOrBefore: tick - .microseconds(1)) == tick - .seconds(60))
    }

    @Test func endsOfTimeDoNotTrap() throws {
        for timetable in [
            try cron("0 0 29 2 *", in: "Europe/Berlin"), try every(.milliseconds(1)),
            try every(.seconds(3_000_000_000)),
        ] {
            for edge in [Timestamp.distantPast, .distantFuture] {
                if let next = timetable.next(after: edge) { #expect(next > edge) }
                if let latest = timetable.latest(atOrBefore: edge) { #expect(latest <= edge) }
            }
        }
        #expect(try cron("0 0 * * *").count(after: .distantPast, through: .epoch) == 106_751_992)
        #expect(try cron("* * * * *").next(after: .distantFuture) == nil)
        #expect(try cron("* * * * *").latest(atOrBefore: .distantPast) == nil)
    }
}
