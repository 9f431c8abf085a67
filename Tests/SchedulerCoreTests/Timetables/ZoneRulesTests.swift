import DAGDomain
import Foundation
import SchedulerCore
import Testing

@Suite struct ZoneRulesTests: TimetableSuite {
    @Test(arguments: ["Europe/Olympus", "Etc/Unknown", "America/new_york", "Etc/GMT+25"])
    func refusesZonesThatDoNotExist(name: String) throws {
        let zoneName = try TimeZoneName(name)
        let error = #expect(throws: UnknownTimeZoneError.self) { try ZoneRules(zoneName) }
        #expect(error?.description.contains("\"\(name)\"") == true)
    }

    @Test func offsetsAreThoseOfFoundation() throws {
        var compared = 0
        for name in TimeZone.knownTimeZoneIdentifiers {
            let foundation = try #require(TimeZone(identifier: name))
            let rules = try zone(name)
            // Every 9 days and some hours from 1930 to 2040, so that all hours of all seasons are met.
            for second in stride(from: Int64(-1_262_304_000), to: 2_208_988_800, by: 793_700) {
                let expected = foundation.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
                let found = rules.offset(at: Timestamp(secondsSinceEpoch: second))
                compared += 1
                if found != expected {
                    Issue.record("\(name) at \(second): \(found), Foundation says \(expected)")
                }
            }
        }
        #expect(compared > 1_000_000)
    }

    @Test(arguments: [
        ("America/New_York", "2025-03-09T07:00Z", "2025-03-09 03:00 -0400"),
        ("Asia/Kathmandu", "2025-01-01T00:00:05Z", "2025-01-01 05:45:05 +0545"),
        ("UTC", "2025-01-01T00:00:00.1Z", "2025-01-01 00:00:00.1 +0000"),
        ("Africa/Monrovia", "1971-01-01T00:00Z", "1970-12-31 23:15:30 -0044"),
    ])
    func writesLocalTime(name: String, time: String, expected: String) throws {
        #expect(try zone(name).localText(of: instant(time)) == expected)
    }

    @Test(arguments: [
        ("30 2 * * *", "America/New_York", "2025-03-09T07:00Z", "moved: 02:30 does not exist"),
        ("30 2,3 * * *", "America/New_York", "2025-03-09T07:30Z", nil),
        ("0,30 2,3 * * *", "America/New_York", "2025-03-09T07:00Z", nil),
        ("0 12 * * *", "Pacific/Apia", "2011-12-30T10:00Z", "moved: 2011-12-30 12:00 does not exist"),
        ("30 * * * *", "America/New_York", "2025-11-02T05:30Z", "first pass"),
        ("30 * * * *", "America/New_York", "2025-11-02T06:30Z", "second pass"),
        ("0 * * * *", "America/New_York", "2025-11-02T05:00Z", "first pass"),
        ("0 * * * *", "America/New_York", "2025-11-02T06:00Z", "second pass"),
        ("0 * * * *", "America/New_York", "2025-11-02T07:00Z", nil),
        ("0 * * * *", "America/New_York", "2025-03-09T07:00Z", nil),
        ("0 * * * *", "UTC", "2025-03-09T07:00Z", nil),
    ])
    func marksChangesOfTheClock(expression: String, name: String, time: String, expected: String?) throws {
        let timetable = try cron(expression, in: name)
        let tick = try instant(time)
        #expect(timetable.latest(atOrBefore: tick) == tick)
        #expect(timetable.daylightSavingMark(for: tick)?.description == expected)
    }
}
