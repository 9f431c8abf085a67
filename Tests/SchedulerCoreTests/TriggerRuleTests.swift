import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct TriggerRuleTests {
    private static let states: [TaskInstanceState] = [
        .pending, .running, .success, .failed, .upstreamFailed, .skipped, .cancelled,
    ]
    private static let endings: [TaskInstanceState] = [.success, .failed, .upstreamFailed, .skipped]

    /// Every list of up to four states, without regard to order.
    private static func multisets(of states: [TaskInstanceState], upTo size: Int) -> [[TaskInstanceState]] {
        var result: [[TaskInstanceState]] = [[]]
        var last: [[Int]] = [[]]
        for _ in 0..<size {
            last = last.flatMap { list in ((list.last ?? 0)..<states.count).map { list + [$0] } }
            result += last.map { $0.map { states[$0] } }
        }
        return result
    }

    private static func verdict(_ rule: TriggerRule, _ states: [TaskInstanceState])
        -> TriggerRuleEvaluation.Verdict
    {
        var counts = UpstreamCounts()
        for state in states { counts.add(1, to: state) }
        return TriggerRuleEvaluation.verdict(rule: rule, counts: counts, total: states.count)
    }

    /// All ways in which the unfinished ones may still end.
    private static func completions(of states: [TaskInstanceState]) -> [[TaskInstanceState]] {
        states.reduce([[]]) { lists, state in
            let options = state.isFinished ? [state] : endings
            return lists.flatMap { list in options.map { list + [$0] } }
        }
    }

    @Test(arguments: TriggerRule.allCases)
    func everySmallCaseAgreesWithTheOracle(rule: TriggerRule) {
        for states in Self.multisets(of: Self.states, upTo: 4) {
            let verdict = Self.verdict(rule, states)
            let futures = Self.completions(of: states)
            #expect((verdict == .run) == RuleOracle.allows(rule, states), "\(rule) \(states)")
            switch verdict {
            case .run: break
            case .wait:
                #expect(futures.contains { RuleOracle.allows(rule, $0) }, "\(rule) waits in vain: \(states)")
            case .settle:
                #expect(!futures.contains { RuleOracle.allows(rule, $0) }, "\(rule) gave up early: \(states)")
            }
        }
    }

    struct Row: Sendable {
        let rule: TriggerRule
        let states: [TaskInstanceState]
        let expected: TaskInstanceState

        init(_ rule: TriggerRule, _ states: [TaskInstanceState], _ expected: TaskInstanceState) {
            self.rule = rule
            self.states = states
            self.expected = expected
        }
    }

    /// What a rule that cannot hold becomes: the table A3 of Airflow's behaviour.
    static let rows: [Row] = [
        Row(.allSuccess, [.failed, .running], .upstreamFailed),
        Row(.allSuccess, [.upstreamFailed, .running], .upstreamFailed),
        Row(.allSuccess, [.cancelled, .running], .upstreamFailed),
        Row(.allSuccess, [.skipped, .running], .skipped),
        Row(.allSuccess, [.skipped, .failed], .upstreamFailed),
        Row(.allFailed, [.success, .running], .skipped),
        Row(.allFailed, [.skipped, .running], .skipped),
        Row(.allDoneMinOneSuccess, [.skipped, .running], .skipped),
        Row(.allDoneMinOneSuccess, [.failed, .failed], .upstreamFailed),
        Row(.oneSuccess, [.failed, .skipped], .upstreamFailed),
        Row(.oneSuccess, [.skipped, .skipped], .skipped),
        Row(.oneFailed, [.success, .skipped], .skipped),
        Row(.oneDone, [.skipped, .upstreamFailed], .skipped),
        Row(.noneFailed, [.failed, .running], .upstreamFailed),
        Row(.noneFailedMinOneSuccess, [.failed, .running], .upstreamFailed),
        Row(.noneFailedMinOneSuccess, [.skipped, .skipped], .skipped),
        Row(.noneSkipped, [.skipped, .running], .skipped),
        Row(.allSkipped, [.success, .running], .skipped),
        Row(.allSkipped, [.failed, .running], .skipped),
    ]

    @Test(arguments: rows)
    func settlesAsAirflowDoes(row: Row) {
        #expect(Self.verdict(row.rule, row.states) == .settle(row.expected))
    }

    @Test(arguments: TriggerRule.allCases)
    func aTaskWithoutUpstreamsAlwaysRuns(rule: TriggerRule) {
        #expect(Self.verdict(rule, []) == .run)
    }
}
