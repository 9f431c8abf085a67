import DAGDomain
import LifecycleCore
import Testing

/// Conditions that compare: with another version, with another metric, between slices.
@Suite struct GateComparisonTests {
    private static func vs(
        _ baseline: GateBaseline = .reported, min: Double? = 0.01, max: Double? = nil, floor: Double? = nil
    ) -> GateCondition {
        GateCondition(
            metric: "m", minimum: floor,
            comparison: .version(
                VersionComparison(
                    alias: .champion, baseline: baseline, minimumDelta: min, maximumDelta: max)))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let condition: GateCondition
        let metrics: [String: Double]
        var champion: GateEvaluation.Comparand? = GateEvaluation.Comparand(
            version: ModelVersionNumber(2), isSame: false, recorded: ["m": 0.7])
        let holds: Bool
        var value: Double?
        var baseline: Double?
        var note: String?

        var testDescription: String { name }
    }

    private static let other = GateEvaluation.Comparand(version: nil, isSame: false, recorded: [:])
    private static let itself = GateEvaluation.Comparand(
        version: ModelVersionNumber(2), isSame: true, recorded: [:])

    static let rows: [Row] = [
        Row(
            name: "better", condition: vs(), metrics: ["m": 0.9, "champion.m": 0.8], holds: true, value: 0.9,
            baseline: 0.8),
        Row(
            name: "not enough", condition: vs(), metrics: ["m": 0.805, "champion.m": 0.8], holds: false,
            value: 0.805, baseline: 0.8),
        Row(
            name: "a smaller error", condition: vs(min: nil, max: -0.1),
            metrics: ["m": 0.5, "champion.m": 0.7], holds: true, value: 0.5, baseline: 0.7),
        Row(
            name: "an error not smaller enough", condition: vs(min: nil, max: -0.1),
            metrics: ["m": 0.65, "champion.m": 0.7], holds: false, value: 0.65, baseline: 0.7),
        Row(
            name: "recorded", condition: vs(.recorded), metrics: ["m": 0.8, "champion.m": 5], holds: true,
            value: 0.8, baseline: 0.7),
        Row(
            name: "not recorded", condition: vs(.recorded), metrics: ["m": 0.8],
            champion: .init(version: ModelVersionNumber(2), isSame: false, recorded: ["x": 1]), holds: false,
            note: "no m is recorded with version 2, the champion; recorded: x"),
        Row(
            name: "no champion", condition: vs(), metrics: ["m": 0.1], champion: other, holds: true,
            value: 0.1,
            note: "there is no champion yet to compare with"),
        Row(
            name: "no champion and too low", condition: vs(floor: 0.5), metrics: ["m": 0.1], champion: other,
            holds: false, value: 0.1),
        Row(
            name: "the champion itself", condition: vs(), metrics: ["m": 0.1], champion: itself, holds: true,
            value: 0.1, note: "version 2 is the champion itself"),
        Row(
            name: "champion not reported", condition: vs(), metrics: ["m": 0.9, "a": 1], holds: false,
            note: "champion.m was not reported; reported: a, m"),
        Row(
            name: "champion not a number", condition: vs(), metrics: ["m": 0.9, "champion.m": .nan],
            holds: false, value: .nan, baseline: .nan, note: "it is not a number of the champion"),
        Row(
            name: "infinite", condition: vs(), metrics: ["m": .infinity, "champion.m": 1], holds: false,
            value: .infinity, note: "it is infinite"),
        Row(
            name: "nothing reported", condition: GateCondition(metric: "m", minimum: 0), metrics: [:],
            holds: false, note: "m was not reported; no metric was"),
        Row(
            name: "overfitting",
            condition: GateCondition(metric: "m", maximum: 0.05, comparison: .minus("v")),
            metrics: ["m": 0.75, "v": 0.5], holds: false, value: 0.25, baseline: 0.5),
        Row(
            name: "no overfitting",
            condition: GateCondition(metric: "m", maximum: 0.5, comparison: .minus("v")),
            metrics: ["m": 0.75, "v": 0.5], holds: true, value: 0.25, baseline: 0.5),
        Row(
            name: "nothing to subtract",
            condition: GateCondition(metric: "m", maximum: 0.5, comparison: .minus("v")),
            metrics: ["m": 0.75], holds: false, note: "v was not reported; reported: m"),
        Row(
            name: "the worst slice",
            condition: GateCondition(metric: "m", minimum: 0.7, comparison: .slices(.worst)),
            metrics: ["m": 1, "m[a]": 0.9, "m[b:c]": 0.6, "mm[d]": 0], holds: false, value: 0.6,
            note: "m[b:c], the worst of 2"),
        Row(
            name: "the worst slice of an error",
            condition: GateCondition(metric: "m", maximum: 0.7, comparison: .slices(.worst)),
            metrics: ["m[a]": 0.9, "m[b]": 0.6], holds: false, value: 0.9, note: "m[a], the worst of 2"),
        Row(
            name: "a gap", condition: GateCondition(metric: "m", maximum: 0.5, comparison: .slices(.gap)),
            metrics: ["m[a]": 0.75, "m[b]": 0.5, "m[c]": 0.25], holds: true, value: 0.5,
            note: "from m[c] to m[a]"),
        Row(
            name: "a gap of one",
            condition: GateCondition(metric: "m", maximum: 1, comparison: .slices(.gap)),
            metrics: ["m[a]": 0.75], holds: false,
            note: "a gap needs two slices of m; only m[a] was reported"),
        Row(
            name: "no slices", condition: GateCondition(metric: "m", minimum: 0, comparison: .slices(.worst)),
            metrics: ["m": 0.75], holds: false, note: "m[...] was not reported; reported: m"),
        Row(
            name: "a slice that is no number",
            condition: GateCondition(metric: "m", minimum: 0, comparison: .slices(.worst)),
            metrics: ["m[a]": 1, "m[b]": .nan], holds: false, value: .nan,
            note: "it is not a number in m[b]"),
    ]

    @Test(arguments: rows) func aComparison(_ row: Row) throws {
        let metrics = row.metrics.sorted { $0.key < $1.key }.map { Metric(name: $0.key, value: $0.value) }
        let verdict = GateEvaluation.verdict(
            of: Gate(conditions: [row.condition]), metrics: metrics,
            comparands: row.champion.map { [.champion: $0] } ?? [:])
        let line = try #require(verdict.lines.first)
        #expect(line.holds == row.holds && verdict.passed == row.holds)
        #expect(line.note == row.note)
        #expect(line.value == row.value || (line.value?.isNaN == true && row.value?.isNaN == true))
        #expect(
            line.baseline == row.baseline || (line.baseline?.isNaN == true && row.baseline?.isNaN == true))
    }
}
