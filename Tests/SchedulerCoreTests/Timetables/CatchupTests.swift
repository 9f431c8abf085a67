import DAGDomain
import SchedulerCore
import Testing

/// What is due under each policy. `runs` are logical dates, in January 2026, as day numbers.
struct CatchupCase: Sendable, CustomTestStringConvertible {
    let policy: CatchupPolicy
    let watermark: String
    let now: String
    var cap = 1_000
    let runs: [Int]
    let skipped: Int

    var testDescription: String { "\(policy) after \(watermark) through \(now), cap \(cap)" }
}

@Suite struct CatchupTests: TimetableSuite {
    static let cases = [
        CatchupCase(policy: .none, watermark: "2026-01-01", now: "2026-01-05T12:00Z", runs: [5], skipped: 3),
        CatchupCase(
            policy: .latest, watermark: "2026-01-01", now: "2026-01-05T12:00Z", runs: [5], skipped: 3),
        CatchupCase(
            policy: .all, watermark: "2026-01-01", now: "2026-01-05T12:00Z", runs: [2, 3, 4, 5], skipped: 0),
        CatchupCase(
            policy: .all, watermark: "2026-01-01", now: "2026-01-05T12:00Z", cap: 2, runs: [2, 3],
            skipped: 0),
        CatchupCase(
            policy: .all, watermark: "2026-01-01", now: "2026-01-05T12:00Z", cap: 0, runs: [], skipped: 0),
        CatchupCase(
            policy: .window(.seconds(36 * 3_600)), watermark: "2026-01-01", now: "2026-01-05T12:00Z",
            runs: [4, 5],
            skipped: 2),
        CatchupCase(
            policy: .window(.seconds(3_600)), watermark: "2026-01-01", now: "2026-01-05T12:00Z", runs: [],
            skipped: 4),
        CatchupCase(
            policy: .window(.seconds(99 * 86_400)), watermark: "2026-01-01", now: "2026-01-05T12:00Z", cap: 1,
            runs: [2], skipped: 0),
        CatchupCase(
            policy: .collapse, watermark: "2026-01-01", now: "2026-01-05T12:00Z", runs: [5], skipped: 0),
        // One tick, nothing missed: every policy does the same.
        CatchupCase(policy: .none, watermark: "2026-01-01", now: "2026-01-02", runs: [2], skipped: 0),
        CatchupCase(policy: .all, watermark: "2026-01-01", now: "2026-01-02", runs: [2], skipped: 0),
        CatchupCase(policy: .collapse, watermark: "2026-01-01", now: "2026-01-02", runs: [2], skipped: 0),
        CatchupCase(
            policy: .window(.zero), watermark: "2026-01-01", now: "2026-01-02", runs: [2], skipped: 0),
        // Nothing due: a moment before the tick, and after the clock was set back.
        CatchupCase(
            policy: .all, watermark: "2026-01-01", now: "2026-01-01T23:59:59.999999Z", runs: [], skipped: 0),
        CatchupCase(policy: .all, watermark: "2026-01-05", now: "2026-01-01", runs: [], skipped: 0),
    ]

    @Test(arguments: cases)
    func dueAsListed(example: CatchupCase) throws {
        let watermark = try instant(example.watermark)
        let now = try instant(example.now)
        let due = try cron("0 0 * * *").dueTicks(
            after: watermark, through: now, policy: example.policy, cap: example.cap)
        let january = try instant("2025-12-31")
        #expect(due.runs.map { Int(($0.logicalDate - january).inSeconds) / 86_400 } == example.runs)
        #expect(due.skippedCount == example.skipped)
        let isCut = example.cap < 1_000 && example.runs != [2, 3, 4, 5]
        #expect(due.newWatermark == (isCut ? due.runs.last?.logicalDate ?? watermark : max(watermark, now)))
        if example.policy != .collapse {
            #expect(due.runs.allSatisfy { $0 == DueRun(tick: $0.logicalDate) })
        }
    }

    @Test func collapseSpansTheMissedTicks() throws {
        let due = try cron("0 0 * * *").dueTicks(
            after: instant("2026-01-01"), through: instant("2026-01-05T12:00Z"), policy: .collapse)
        let expected = try DueRun(
            logicalDate: instant("2026-01-05"), dataIntervalStart: instant("2026-01-02"),
            dataIntervalEnd: instant("2026-01-05"))
        #expect(due.runs == [expected])
    }

    @Test func nothingIsDueTwice() throws {
        let timetable = try cron("*/5 * * * *")
        var watermark = try instant("2026-01-01")
        let end = watermark + .seconds(3 * 3_600)
        var seen: [Timestamp] = []
        var now = watermark
        while now < end {
            now = now + .seconds(137)
            let due = timetable.dueTicks(after: watermark, through: now, policy: .all)
            seen += due.runs.map(\.logicalDate)
            watermark = due.newWatermark
        }
        #expect(
            try seen == timetable.ticks(from: instant("2026-01-01T00:00:01Z"), through: now, limit: 1_000))
        #expect(seen.count == 36)
    }

    @Test func firstLoadStartsAtTheStartDate() throws {
        let now = try instant("2026-01-03T12:00Z")
        let past = try cron("0 0 * * *", from: "2026-01-01")
        let due = past.dueTicks(after: past.initialWatermark(firstSeen: now), through: now, policy: .all)
        #expect(try due.runs.map(\.logicalDate) == instants("2026-01-01", "2026-01-02", "2026-01-03"))

        let future = try cron("0 0 * * *", from: "2027-01-01")
        #expect(
            future.dueTicks(after: future.initialWatermark(firstSeen: now), through: now, policy: .all).runs
                == [])

        let withoutStart = try cron("0 0 * * *")
        let watermark = withoutStart.initialWatermark(firstSeen: now)
        #expect(withoutStart.dueTicks(after: watermark, through: now, policy: .all).runs == [])
    }

    @Test(arguments: [CatchupPolicy.none, .all, .latest, .collapse, .window(.seconds(1_000_000))])
    func aDAGPastItsEndNeverRuns(policy: CatchupPolicy) throws {
        let timetable = try cron("0 0 * * *", from: "2026-01-01", through: "2026-01-03")
        let due = try timetable.dueTicks(after: .distantPast, through: instant("2026-01-04"), policy: policy)
        #expect(due.runs == [])
        #expect(due.skippedCount == 3)
    }

    @Test func theTickAtTheEndRunsThoughNoticedALittleLate() throws {
        let timetable = try cron("0 0 * * *", through: "2026-01-03")
        let due = try timetable.dueTicks(
            after: instant("2026-01-02"), through: instant("2026-01-03T00:00:00.004Z"), policy: .none)
        #expect(try due.runs == [DueRun(tick: instant("2026-01-03"))])
    }

    /// Half a century of missed ticks: nothing walks through all of them, and what is not made yet stays due.
    @Test func longDowntimesAreCountedNotWalked() throws {
        let now = try instant("2026-01-01")
        let minutes = try cron("* * * * *").dueTicks(after: .epoch, through: now, policy: .all)
        #expect(minutes.runs.count == 1_000)
        #expect(minutes.runs.first?.logicalDate == .epoch + .seconds(60))
        #expect(minutes.skippedCount == 0)
        #expect(minutes.newWatermark == minutes.runs.last?.logicalDate)

        let tenths = try every(.milliseconds(100)).dueTicks(after: .epoch, through: now, policy: .none)
        #expect(tenths.runs.map(\.logicalDate) == [now])
        #expect(tenths.skippedCount == 17_672_256_000 - 1)
    }
}
