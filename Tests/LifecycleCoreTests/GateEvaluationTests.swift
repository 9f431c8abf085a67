import DAGDomain
import LifecycleCore
import Testing

@Suite struct GateEvaluationTests {
    struct Row: Sendable {
        let condition: GateCondition
        let values: [Double]
        let holds: Bool
    }

    static let rows: [Row] = [
        Row(condition: GateCondition(metric: "m", minimum: 0.8), values: [0.8], holds: true),
        Row(condition: GateCondition(metric: "m", minimum: 0.8), values: [0.7999], holds: false),
        Row(condition: GateCondition(metric: "m", maximum: 0.2), values: [0.2], holds: true),
        Row(condition: GateCondition(metric: "m", maximum: 0.2), values: [0.21], holds: false),
        Row(condition: GateCondition(metric: "m", minimum: 0, maximum: 1), values: [2], holds: false),
        Row(condition: GateCondition(metric: "m", equals: 3), values: [3], holds: true),
        Row(condition: GateCondition(metric: "m", equals: 3), values: [3.1], holds: false),
        Row(condition: GateCondition(metric: "m", minimum: 0.8), values: [0.1, 0.9], holds: true),
        Row(condition: GateCondition(metric: "m", minimum: 0.8), values: [0.9, 0.1], holds: false),
        Row(condition: GateCondition(metric: "m", minimum: 0.8), values: [], holds: false),
        Row(condition: GateCondition(metric: "m", minimum: 0.8), values: [.nan], holds: false),
        Row(condition: GateCondition(metric: "m", maximum: 0.8), values: [.nan], holds: false),
        Row(condition: GateCondition(metric: "m", minimum: .nan), values: [1], holds: false),
        Row(condition: GateCondition(metric: "m", minimum: 0), values: [.infinity], holds: false),
        Row(condition: GateCondition(metric: "m"), values: [], holds: false),
    ]

    @Test(arguments: rows)
    func conditionsHoldOnTheLastValue(row: Row) {
        let gate = Gate(conditions: [row.condition], onFailure: .skipDownstream)
        let metrics = row.values.map { Metric(name: "m", value: $0) } + [Metric(name: "other", value: 5)]
        let verdict = GateEvaluation.verdict(of: gate, metrics: metrics)
        #expect(verdict.passed == row.holds)
        #expect(verdict.effect == .skipDownstream)
        #expect(verdict.lines.map(\.condition.metric) == ["m"])
    }

    @Test func everyConditionMustHoldAndEachIsReported() {
        let gate = Gate(conditions: [
            GateCondition(metric: "auc", minimum: 0.8), GateCondition(metric: "margin", minimum: 0),
        ])
        let verdict = GateEvaluation.verdict(of: gate, metrics: [Metric(name: "auc", value: 0.9, step: 3)])
        #expect(!verdict.passed)
        #expect(verdict.lines.map(\.holds) == [true, false])
        #expect(verdict.lines.map(\.value) == [0.9, nil])
        #expect(verdict.effect == .fail)
    }
}
