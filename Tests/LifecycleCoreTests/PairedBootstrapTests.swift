import Foundation
import JSONText
import Testing

@testable import LifecycleCore

/// Held to numpy and scipy on the same predictions (`Fixtures/bootstrap.py`).
@Suite struct PairedBootstrapTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bootstrap: PairedBootstrap
        let confidence: Double
        let expected: JSONValue
        var testDescription: String { "\(name) \(bootstrap.metric.rawValue)" }

        func number(_ key: String) -> Double { expected[key]?.doubleValue ?? .nan }
    }

    nonisolated static let cases: [Case] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        guard let bytes = try? Data(contentsOf: folder.appending(path: "Fixtures/bootstrap.json")),
            let value = try? JSONValue.parse(bytes: Array(bytes))
        else { return [] }
        return (value["cases"]?.arrayValue ?? []).flatMap { entry -> [Case] in
            let numbers = { (key: String) in (entry[key]?.arrayValue ?? []).compactMap(\.doubleValue) }
            return (entry["metrics"]?.objectValue ?? JSONObject()).compactMap { name, expected in
                PairedMetric(rawValue: name).map { metric in
                    Case(
                        name: entry["name"]?.stringValue ?? "",
                        bootstrap: PairedBootstrap(
                            metric: metric, labels: numbers("label"), scores: numbers("score"),
                            otherScores: numbers("champion_score")),
                        confidence: entry["confidence"]?.doubleValue ?? .nan, expected: expected)
                }
            }
        }
    }()

    @Test func theFixtureIsThere() { #expect(Self.cases.count == 12) }

    /// The same resamples in numpy give the same interval, to rounding.
    @Test(arguments: cases) func theIntervalIsThatOfNumpy(_ row: Case) throws {
        let interval = try #require(row.bootstrap.interval(confidence: row.confidence))
        #expect(interval.resamples == row.expected["resamples"]?.intValue.map(Int.init))
        for (found, key) in [
            (interval.value, "value"), (interval.otherValue, "other"), (interval.low, "low"),
            (interval.high, "high"),
        ] {
            #expect(abs(found - row.number(key)) <= 1e-9 * max(1, abs(found)), "\(key)")
        }
    }

    /// With other random numbers scipy's interval is the same but for the noise of the resampling.
    @Test(arguments: cases.filter { $0.expected["scipy"] != nil })
    func theIntervalIsNearThatOfScipy(_ row: Case) throws {
        let interval = try #require(row.bootstrap.interval(confidence: row.confidence))
        let ends = row.expected["scipy"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        try #require(ends.count == 2)
        let width = ends[1] - ends[0]
        #expect(abs(interval.low - ends[0]) < width / 10 && abs(interval.high - ends[1]) < width / 10)
    }

    @Test func theSameSeedIsTheSameInterval() throws {
        let row = try #require(Self.cases.first)
        #expect(row.bootstrap.interval(confidence: 0.9) == row.bootstrap.interval(confidence: 0.9))
        #expect(
            row.bootstrap.interval(confidence: 0.9) != row.bootstrap.interval(confidence: 0.9, seed: 1))
    }

    @Test func whatIsNotDefinedHasNoInterval() {
        let empty = PairedBootstrap(metric: .mae, labels: [], scores: [], otherScores: [])
        #expect(empty.interval(confidence: 0.9) == nil)
        let oneClass = PairedBootstrap(
            metric: .rocAUC, labels: [1, 1], scores: [0.1, 0.2], otherScores: [0.3, 0.4])
        #expect(oneClass.interval(confidence: 0.9) == nil)
    }

    @Test func equalPredictionsHaveNoDifference() throws {
        let row = try #require(Self.cases.first { $0.bootstrap.metric == .rocAUC })
        let same = PairedBootstrap(
            metric: .rocAUC, labels: row.bootstrap.labels, scores: row.bootstrap.scores,
            otherScores: row.bootstrap.scores)
        let interval = try #require(same.interval(confidence: 0.99))
        #expect(interval.low == 0 && interval.high == 0)
    }
}
