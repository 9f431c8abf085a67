import DAGDomain
import SchedulerCore
import Testing

@Suite struct TimetableTests: TimetableSuite {
    @Test func manualScheduleNeverTicks() throws {
        let timetable = Timetable(schedule: .manual)
        #expect(timetable.next(after: .epoch) == nil)
        #expect(timetable.latest(atOrBefore: .distantFuture) == nil)
        #expect(timetable.count(after: .distantPast, through: .distantFuture) == 0)
    }

    @Test func startAndEndAreInclusive() throws {
        let timetable = try cron("0 0 * * *", from: "2026-01-02", through: "2026-01-04")
        let expected = try instants("2026-01-02", "2026-01-03", "2026-01-04")
        #expect(timetable.next(9, after: .distantPast) == expected)
        #expect(timetable.latest(atOrBefore: .distantFuture) == expected[2])
        #expect(timetable.latest(atOrBefore: expected[0]) == expected[0])
        #expect(timetable.latest(atOrBefore: expected[0] - .microseconds(1)) == nil)
        #expect(timetable.count(after: .distantPast, through: .distantFuture) == 3)
        #expect(timetable.ticks(from: expected[0], through: expected[1], limit: 9) == Array(expected[0...1]))
        #expect(timetable.ticks(from: expected[0], through: expected[2], limit: 1) == [expected[0]])
    }

    @Test func aStartBetweenTicksWaitsForTheNextOne() throws {
        let timetable = try cron("0 0 * * *", from: "2026-01-02T00:00:00.000001Z")
        #expect(try timetable.next(after: .distantPast) == instant("2026-01-03"))
    }

    @Test func anEndBeforeTheStartLeavesNothing() throws {
        let timetable = try cron("0 0 * * *", from: "2026-01-02", through: "2026-01-01")
        #expect(timetable.next(after: .distantPast) == nil)
        #expect(timetable.latest(atOrBefore: .distantFuture) == nil)
        #expect(timetable.count(after: .distantPast, through: .distantFuture) == 0)
    }

    @Test func periodsCountFromTheStartDate() throws {
        let timetable = try every(
            .seconds(6 * 3_600), from: "2026-01-01T01:30:00Z", through: "2026-01-01T13:30:00Z")
        let expected = try instants("2026-01-01T01:30Z", "2026-01-01T07:30Z", "2026-01-01T13:30Z")
        #expect(timetable.next(9, after: .distantPast) == expected)
        #expect(try timetable.latest(atOrBefore: instant("2026-01-01T13:29Z")) == expected[1])
        #expect(try timetable.latest(atOrBefore: instant("2026-01-01T01:29Z")) == nil)
        #expect(timetable.count(after: expected[0], through: expected[2]) == 2)
    }

    @Test func periodsWithoutAStartCountFromTheEpoch() throws {
        let timetable = try every(.seconds(86_400))
        #expect(try timetable.next(after: instant("2026-01-01T12:00Z")) == instant("2026-01-02"))
        #expect(try timetable.latest(atOrBefore: instant("1969-12-31T12:00Z")) == instant("1969-12-31"))
    }

    @Test func periodsMayBeFractionsOfASecond() throws {
        let timetable = try every(.milliseconds(100))
        let tick = try instant("2026-01-01T00:00:00.1Z")
        #expect(try timetable.next(after: instant("2026-01-01T00:00:00.05Z")) == tick)
        #expect(timetable.next(after: tick) == tick + .milliseconds(100))
        #expect(try timetable.count(after: .epoch, through: instant("2026-01-01")) == 17_672_256_000)
    }

    @Test func changesOfTheClockDoNotTouchPeriods() throws {
        let timetable = Timetable(schedule: .every(.seconds(86_400)), zone: try zone("America/New_York"))
        #expect(try timetable.next(after: instant("2025-03-09T00:00Z")) == instant("2025-03-10T00:00Z"))
    }

    @Test(arguments: [
        ("* * * * *", "UTC", 366 * 1_440),
        ("*/7 3 * * *", "Europe/Berlin", 366 * 9),
        ("0 * * * *", "America/New_York", 366 * 24),
        ("30 2 * * *", "America/New_York", 366),
        ("30 1 * * *", "America/New_York", 366),
        ("30 2 * * 1", "Australia/Lord_Howe", 52),
        ("0 0 31 * *", "Africa/Cairo", 7),
    ])
    func countsAYearAsAWalkWould(expression: String, name: String, expected: Int) throws {
        let timetable = try cron(expression, in: name)
        let first = try instant("2024-01-01T12:00:00Z")
        let last = try instant("2025-01-01T12:00:00Z")
        #expect(timetable.count(after: first, through: last) == expected)
        let walked = timetable.ticks(from: first + .microseconds(1), through: last, limit: 1_000_000)
        #expect(walked.count == expected)
    }
}
