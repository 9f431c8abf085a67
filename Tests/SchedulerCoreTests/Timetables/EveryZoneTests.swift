import DAGDomain
import Foundation
import SchedulerCore
import Testing

/// An expression, and the same said by hand for the comparison.
struct ZoneProbe: Sendable, CustomTestStringConvertible {
    let expression: String
    let isWildcard: Bool
    let matches: @Sendable (_ weekday: Int64, _ hour: Int64, _ minute: Int64) -> Bool

    var testDescription: String { expression }

    func fires(atWallMinute wall: Int64) -> Bool {
        let minuteOfDay = wall % 1_440
        return matches((wall / 1_440 + 4) % 7, minuteOfDay / 60, minuteOfDay % 60)
    }
}

/// Every zone of the system, 2020 to 2040: the ticks around each change of the clock are compared with a
/// plain walk through the minutes with Foundation's offsets, and samples of every year are checked for
/// consistency.
@Suite struct EveryZoneTests: TimetableSuite {
    static let probes = [
        ZoneProbe(expression: "30 2 * * *", isWildcard: false) { _, hour, minute in hour == 2 && minute == 30
        },
        ZoneProbe(expression: "0 0 * * *", isWildcard: false) { _, hour, minute in hour == 0 && minute == 0 },
        ZoneProbe(expression: "5,59 0-4 * * *", isWildcard: false) { _, hour, minute in
            hour <= 4 && (minute == 5 || minute == 59)
        },
        ZoneProbe(expression: "0 * * * *", isWildcard: true) { _, _, minute in minute == 0 },
        ZoneProbe(expression: "*/30 1-3 * * *", isWildcard: true) { _, hour, minute in
            minute % 30 == 0 && (1...3).contains(hour)
        },
        ZoneProbe(expression: "15 1 * * 0", isWildcard: false) { weekday, hour, minute in
            weekday == 0 && hour == 1 && minute == 15
        },
    ]

    private static let start = Date(timeIntervalSince1970: 1_577_836_800)  // 2020-01-01
    private static let end = Date(timeIntervalSince1970: 2_240_524_800)  // 2041-01-01

    @Test(arguments: probes)
    func ticksAroundEveryChangeAreThoseOfAPlainWalk(probe: ZoneProbe) throws {
        var changes = 0
        for name in TimeZone.knownTimeZoneIdentifiers {
            let foundation = try #require(TimeZone(identifier: name))
            let timetable = try cron(probe.expression, in: name)
            var day = Self.start
            while let change = foundation.nextDaylightSavingTimeTransition(after: day), change < Self.end {
                day = change
                changes += 1
                let middle = Int64(change.timeIntervalSince1970) / 60
                let range = middle - 240...middle + 240
                let expected = Self.walk(range, probe: probe, zone: foundation)
                let found = timetable.ticks(
                    from: Timestamp(secondsSinceEpoch: range.lowerBound * 60),
                    through: Timestamp(secondsSinceEpoch: range.upperBound * 60), limit: 1_000)
                if found.map(\.secondsSinceEpoch) != expected {
                    Issue.record("\(name) around \(change): \(found.map(\.rfc3339)), expected \(expected)")
                }
            }
        }
        #expect(changes > 4_000)
    }

    /// The ticks among the minutes of a range, in seconds since the epoch.
    private static func walk(_ range: ClosedRange<Int64>, probe: ZoneProbe, zone: TimeZone) -> [Int64] {
        var result: [Int64] = []
        var reached: Int64?
        for minute in range {
            let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60)))
            let wall = minute + Int64(offset / 60)
            let last = reached ?? wall - 1
            let fires =
                if probe.isWildcard {
                    probe.fires(atWallMinute: wall)
                } else {
                    wall > last && (last + 1...wall).contains { probe.fires(atWallMinute: $0) }
                }
            if fires { result.append(minute * 60) }
            reached = max(last, wall)
        }
        return result
    }

    @Test(arguments: probes)
    func samplesOfEveryYearAreConsistent(probe: ZoneProbe) throws {
        for name in TimeZone.knownTimeZoneIdentifiers {
            let timetable = try cron(probe.expression, in: name)
            // 107 days and some: other seasons and hours every year.
            for second in stride(from: Int64(1_577_836_800), to: 2_240_524_800, by: 9_267_891) {
                let instant = Timestamp(secondsSinceEpoch: second)
                let first = try #require(timetable.next(after: instant))
                let second = try #require(timetable.next(after: first))
                let isConsistent =
                    instant < first && first < second
                    && timetable.ticks(from: instant + .microseconds(1), through: .distantFuture, limit: 2)
                        == [first, second]
                    && timetable.latest(atOrBefore: second - .microseconds(1)) == first
                    && timetable.latest(atOrBefore: second) == second
                    && timetable.next(after: first - .microseconds(1)) == first
                    && timetable.count(after: instant, through: second) == 2
                if !isConsistent { Issue.record("\(name) from \(instant.rfc3339): \(first), \(second)") }
            }
        }
    }
}
