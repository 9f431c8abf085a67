import DAGDomain
import Testing

@Suite struct ScheduleTests {
    @Test func takesOneToTenExpressions() throws {
        let daily = try CronExpression("@daily")
        #expect(throws: ScheduleError.noExpressions) { try Schedule(expressions: []) }
        #expect(
            try Schedule(expressions: Array(repeating: daily, count: 10))
                == .cron(Array(repeating: daily, count: 10)))
        #expect(throws: ScheduleError.tooManyExpressions(11)) {
            try Schedule(expressions: Array(repeating: daily, count: 11))
        }
    }

    @Test func takesPeriodsLongerThanZero() throws {
        #expect(try Schedule(every: .milliseconds(100)) == .every(.milliseconds(100)))
        #expect(throws: ScheduleError.periodNotPositive) { try Schedule(every: .zero) }
        #expect(throws: ScheduleError.periodNotPositive) { try Schedule(every: .seconds(-1)) }
        #expect(throws: ScheduleError.periodNotPositive) { try Schedule(every: .nanoseconds(1)) }
    }
}
