import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

/// What is due with `"interval": true` under each policy; days of January 2026.
struct IntervalCase: Sendable, CustomTestStringConvertible {
    let policy: CatchupPolicy
    let now: String
    /// Logical date, start and end of each run.
    let runs: [[Int]]
    let skipped: Int

    var testDescription: String { "\(policy) through \(now)" }
}

@Suite struct DataIntervalTests: TimetableSuite {
    /// Daily at midnight from 1 January.
    private func daily(through end: String? = nil) throws -> Timetable {
        try Timetable(
            schedule: Schedule(expressions: [CronExpression("0 0 * * *")]), startDate: instant("2026-01-01"),
            endDate: end.map(instant), usesIntervals: true)
    }

    static let cases = [
        IntervalCase(policy: .all, now: "2026-01-01T23:59:59Z", runs: [], skipped: 0),
        IntervalCase(policy: .all, now: "2026-01-02", runs: [[1, 1, 2]], skipped: 0),
        IntervalCase(
            policy: .all, now: "2026-01-04T12:00Z", runs: [[1, 1, 2], [2, 2, 3], [3, 3, 4]], skipped: 0),
        IntervalCase(policy: .none, now: "2026-01-04T12:00Z", runs: [[3, 3, 4]], skipped: 2),
        IntervalCase(policy: .latest, now: "2026-01-04T12:00Z", runs: [[3, 3, 4]], skipped: 2),
        IntervalCase(policy: .collapse, now: "2026-01-04T12:00Z", runs: [[1, 1, 4]], skipped: 0),
        // The run of 2 January was due 36 hours ago, that of the 1st earlier.
        IntervalCase(
            policy: .window(.seconds(36 * 3_600)), now: "2026-01-04T12:00Z", runs: [[2, 2, 3], [3, 3, 4]],
            skipped: 1),
        IntervalCase(policy: .window(.seconds(60)), now: "2026-01-04T12:00Z", runs: [], skipped: 3),
    ]

    @Test(arguments: cases)
    func dueAsListed(example: IntervalCase) throws {
        let timetable = try daily()
        let now = try instant(example.now)
        let due = timetable.dueTicks(
            after: timetable.initialWatermark(firstSeen: now), through: now, policy: example.policy)
        let january = try instant("2025-12-31")
        let found = due.runs.map { run in
            [run.logicalDate, run.dataIntervalStart, run.dataIntervalEnd].map {
                Int(($0 - january).inSeconds) / 86_400
            }
        }
        #expect(found == example.runs)
        #expect(due.skippedCount == example.skipped)
        #expect(due.runs.allSatisfy { $0.runAfter == $0.dataIntervalEnd })
    }

    /// Without a start date the interval that is open at the first load is the first one.
    @Test func theOpenIntervalIsTheFirst() throws {
        let timetable = try Timetable(
            schedule: Schedule(expressions: [CronExpression("0 * * * *")]), usesIntervals: true)
        let seen = try instant("2026-01-01T10:20Z")
        let watermark = timetable.initialWatermark(firstSeen: seen)
        #expect(timetable.dueTicks(after: watermark, through: seen, policy: .all).runs == [])
        let due = try timetable.dueTicks(
            after: watermark, through: instant("2026-01-01T11:00Z"), policy: .all)
        #expect(try due.runs.map(\.logicalDate) == [instant("2026-01-01T10:00Z")])
    }

    /// The end date bounds logical dates: the last interval starts at it, and its run is due afterwards.
    @Test func theLastIntervalMayEndAfterTheEndDate() throws {
        let timetable = try daily(through: "2026-01-03")
        let watermark = try instant("2026-01-02")
        let inTime = try timetable.dueTicks(
            after: watermark, through: instant("2026-01-04T00:00:01Z"), policy: .all)
        #expect(try inTime.runs.map(\.logicalDate) == [instant("2026-01-03")])
        let late = try timetable.dueTicks(after: watermark, through: instant("2026-01-05"), policy: .all)
        #expect(late.runs == [])
        #expect(late.skippedCount == 1)
    }

    /// However the clock of the one who looks goes, each interval starts where the last one ended, also where
    /// daylight saving changes and where the calendar leaves days out.
    @Test(arguments: 0..<60)
    func intervalsTouch(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let expression = generator.pick([
            "0 2 * * *", "30 */3 * * *", "*/20 1-3 * * *", "0 0 * * 1", "0 12 1 * *",
        ])
        let start = try instant("2026-03-01") + .seconds(generator.number(0...8_000_000))
        let timetable = try Timetable(
            schedule: Schedule(expressions: [CronExpression(expression)]),
            zone: zone(generator.pick(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])),
            startDate: generator.chance(50) ? start : nil, usesIntervals: true,
            calendar: generator.chance(50)
                ? ScheduleCalendar(weekdays: [.saturday, .sunday]) : ScheduleCalendar(),
            delay: .seconds(generator.number(0...900)))
        var now = start
        var watermark = timetable.initialWatermark(firstSeen: now)
        var runs: [DueRun] = []
        for _ in 0..<200 {
            now = now + .seconds(generator.number(1...200_000))
            let due = timetable.dueTicks(after: watermark, through: now, policy: .all, cap: 7)
            #expect(due.runs.allSatisfy { $0.runAfter <= now })
            runs += due.runs
            watermark = due.newWatermark
        }
        #expect(!runs.isEmpty)
        for (earlier, later) in zip(runs, runs.dropFirst()) {
            #expect(earlier.dataIntervalEnd == later.dataIntervalStart)
        }
        for run in runs {
            #expect(run.logicalDate == run.dataIntervalStart && run.dataIntervalStart < run.dataIntervalEnd)
            #expect(run.runAfter == run.dataIntervalEnd + timetable.delay)
        }
    }
}
