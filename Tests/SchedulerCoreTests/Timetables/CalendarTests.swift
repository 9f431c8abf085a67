import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct CalendarTests: TimetableSuite {
    private func days(_ text: String) throws -> ClosedRange<Int> {
        let parts = text.split(separator: "/")
        let first = try #require(CivilDate(isoText: parts[0]))
        let last = try #require(CivilDate(isoText: parts[parts.count - 1]))
        return first.daysSinceEpoch...last.daysSinceEpoch
    }

    private func timetable(
        _ expression: String, in name: String = "UTC", excluding: [String] = [], weekdays: Set<Weekday> = []
    ) throws -> Timetable {
        try Timetable(
            schedule: Schedule(expressions: [CronExpression(expression)]), zone: zone(name),
            calendar: ScheduleCalendar(excluding: excluding.map(days), weekdays: weekdays))
    }

    @Test func leavesOutDatesAndRanges() throws {
        let table = try timetable(
            "0 6 * * *", excluding: ["2026-12-25", "2026-12-24/2027-01-01", "2026-12-20"])
        #expect(
            try table.next(4, after: instant("2026-12-19"))
                == instants(
                    "2026-12-19T06:00Z", "2026-12-21T06:00Z", "2026-12-22T06:00Z", "2026-12-23T06:00Z"))
        #expect(try table.next(after: instant("2026-12-23T06:00Z")) == instant("2027-01-02T06:00Z"))
        #expect(try table.latest(atOrBefore: instant("2027-01-01")) == instant("2026-12-23T06:00Z"))
    }

    /// Half past midnight in Berlin is still the day before in UTC.
    @Test func aDayIsADayInTheZone() throws {
        let table = try timetable("30 0 * * *", in: "Europe/Berlin", excluding: ["2026-05-02"])
        #expect(
            try table.next(2, after: instant("2026-04-30T12:00Z"))
                == instants("2026-04-30T22:30Z", "2026-05-02T22:30Z"))
    }

    @Test func leavesOutWeekdays() throws {
        let table = try timetable("0 0 * * *", weekdays: [.saturday, .sunday])
        // 2026-01-02 is a Friday.
        #expect(
            try table.next(3, after: instant("2026-01-01T12:00Z"))
                == instants("2026-01-02", "2026-01-05", "2026-01-06"))
    }

    @Test func aScheduleWithoutADayNeverTicks() throws {
        let table = try timetable("0 0 * * 6", weekdays: [.saturday])
        #expect(try table.next(after: instant("2026-01-01")) == nil)
        #expect(try table.latest(atOrBefore: instant("2026-01-01")) == nil)
        let ages = try timetable("* * * * *", excluding: ["1900-01-01/9999-12-31"])
        #expect(try ages.next(after: instant("2026-01-01")) == nil)
    }

    /// Next, latest and count agree with walking through all ticks and asking the calendar of each.
    @Test(arguments: 0..<60)
    func agreesWithWalking(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let zone = try zone(generator.pick(["UTC", "Europe/Berlin", "Africa/Cairo", "Pacific/Apia"]))
        let expression = generator.pick([
            "0 0 * * *", "15 */7 * * *", "0 23,1 * * 1-5", "*/90 * * * *", "59 23 * * *",
        ])
        let schedule = try Schedule(expressions: [
            CronExpression(expression == "*/90 * * * *" ? "0 * * * *" : expression)
        ])
        let start = try instant("2011-11-01")
        let first = zone.day(of: start)
        let calendar = ScheduleCalendar(
            excluding: (0..<generator.number(0...5)).map { _ in
                let day = first + generator.number(0...120)
                return day...(day + generator.number(0...9))
            }, weekdays: Set([Weekday.sunday, .monday, .thursday].filter { _ in generator.chance(40) }))
        let plain = Timetable(schedule: schedule, zone: zone)
        let table = Timetable(schedule: schedule, zone: zone, calendar: calendar)
        let end = start + .seconds(120 * 86_400)
        let expected = plain.ticks(from: start, through: end, limit: 10_000).filter {
            !calendar.excludes(day: zone.day(of: $0))
        }
        #expect(table.ticks(from: start, through: end, limit: 10_000) == expected)
        #expect(table.count(after: start - .microseconds(1), through: end) == expected.count)
        #expect(table.latest(atOrBefore: end) == expected.last)
        let middle = start + .seconds(generator.number(0...120) * 86_400)
        #expect(
            table.latest(atOrBefore: middle) ?? .distantPast >= expected.last { $0 <= middle } ?? .distantPast
        )
        #expect(
            table.count(after: middle, through: end) == expected.count { $0 > middle })
    }
}
