import DAGDomain
import SchedulerCore
import Testing

@Suite struct JitterTests: TimetableSuite {
    /// The delay belongs to the id: computed once, and the same in every version of the program.
    @Test(arguments: [("sales", 295_289), ("sales2", 318_224), ("a", 183_736), ("b", 322_821)])
    func theDelayIsStable(id: String, milliseconds: Int) {
        let delay = Duration.stableDelay(of: DAGID(id), within: .seconds(600))
        #expect(delay == .milliseconds(milliseconds))
    }

    @Test func theDelayIsSpreadEvenly() {
        var tenths = [Int](repeating: 0, count: 10)
        for number in 0..<10_000 {
            let delay = Duration.stableDelay(of: DAGID("dag_\(number)"), within: .seconds(600))
            #expect(delay >= .zero && delay < .seconds(600))
            tenths[Int(delay.inSeconds) / 60] += 1
        }
        // A thousand each, give or take four standard deviations (30).
        #expect(tenths.allSatisfy { (880...1_120).contains($0) }, "\(tenths)")
        #expect(Duration.stableDelay(of: DAGID("d"), within: .zero) == .zero)
    }

    @Test func onlyTheStartIsLate() throws {
        let timetable = try Timetable(
            schedule: Schedule(expressions: [CronExpression("0 * * * *")]), delay: .seconds(90))
        let watermark = try instant("2026-01-01T00:30Z")
        let early = try timetable.dueTicks(
            after: watermark, through: instant("2026-01-01T01:01:29Z"), policy: .all)
        #expect(early.runs == [])
        let due = try timetable.dueTicks(
            after: watermark, through: instant("2026-01-01T01:01:30Z"), policy: .all)
        #expect(try due.runs.map(\.logicalDate) == [instant("2026-01-01T01:00Z")])
        #expect(try due.runs.map(\.runAfter) == [instant("2026-01-01T01:01:30Z")])
        #expect(
            try timetable.upcoming(after: instant("2026-01-01T01:01Z"), watermark: nil, count: 2).map(
                \.runAfter)
                == instants("2026-01-01T01:01:30Z", "2026-01-01T02:01:30Z"))
    }
}
