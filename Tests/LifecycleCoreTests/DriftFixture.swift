import Foundation
import JSONText
import LifecycleCore
import Testing

/// Samples, and what scipy and evidently said about them (`scripts/drift-fixtures`).
struct DriftFixture: Sendable {
    struct Numbers: Sendable, CustomTestStringConvertible {
        let name: String
        let reference: NumberSample
        let current: NumberSample
        let expected: [String: Double]
        var testDescription: String { name }
    }

    struct Categories: Sendable, CustomTestStringConvertible {
        let name: String
        let reference: [String: Int]
        let current: [String: Int]
        let expected: [String: Double]
        var testDescription: String { name }
    }

    let numbers: [Numbers]
    let categories: [Categories]
    /// `n`, `d` and the survival function of `kstwo`.
    let kolmogorov: [[Double]]
    /// `x`, the degrees of freedom and the survival function of `chi2`.
    let chiSquare: [[Double]]

    static let shared: DriftFixture = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "Fixtures/drift.json")
        guard let bytes = try? Data(contentsOf: file), let value = try? JSONValue.parse(bytes: Array(bytes))
        else { return DriftFixture(.null) }
        return DriftFixture(value)
    }()

    private init(_ value: JSONValue) {
        numbers = (value["numbers"]?.arrayValue ?? []).map { element in
            Numbers(
                name: element["name"]?.stringValue ?? "", reference: Self.sample(element["reference"]),
                current: Self.sample(element["current"]), expected: Self.expected(element))
        }
        categories = (value["categories"]?.arrayValue ?? []).map { element in
            Categories(
                name: element["name"]?.stringValue ?? "", reference: Self.counts(element["reference"]),
                current: Self.counts(element["current"]), expected: Self.expected(element))
        }
        kolmogorov = Self.rows(value["kolmogorov"])
        chiSquare = Self.rows(value["chi_square"])
    }

    /// `[value, count]` pairs.
    private static func sample(_ value: JSONValue?) -> NumberSample {
        NumberSample(
            rows(value).flatMap { pair in [Double](repeating: pair[0], count: Int(pair[1])) })
    }

    private static func counts(_ value: JSONValue?) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (key, count) in value?.objectValue ?? JSONObject() { counts[key] = Int(count.intValue ?? 0) }
        return counts
    }

    private static func expected(_ value: JSONValue) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (key, member) in value.objectValue ?? JSONObject() { numbers[key] = member.doubleValue }
        return numbers
    }

    private static func rows(_ value: JSONValue?) -> [[Double]] {
        (value?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.doubleValue) }
    }
}
