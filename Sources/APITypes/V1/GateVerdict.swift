import JSONText

extension V1 {
    /// What a gate said about an attempt, with the numbers it looked at.
    package struct GateVerdict: Codable, Hashable, Sendable {
        package var passed: Bool
        package var onGateFailure: String
        package var conditions: [GateLine]

        package init(passed: Bool, onGateFailure: String, conditions: [GateLine]) {
            self.passed = passed
            self.onGateFailure = onGateFailure
            self.conditions = conditions
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case passed, conditions
            case onGateFailure = "on_gate_failure"
        }
    }

    /// One condition of a gate; a bound that is null was not asked for.
    package struct GateLine: Codable, Hashable, Sendable {
        package var metric: String
        /// Null when the task did not report it; the texts of `Metric` for what is no number.
        @Nullable package var value: JSONValue?
        @Nullable package var min: Double?
        @Nullable package var max: Double?
        @Nullable package var equals: Double?
        package var holds: Bool
        /// `error`, or `warn` for one that is only shown.
        package var severity: String
        /// The number that it was compared with, if it was.
        @Nullable package var baseline: JSONValue?
        /// The whole condition with its numbers, for people.
        package var sentence: String

        package init(
            metric: String, value: JSONValue? = nil, min: Double? = nil, max: Double? = nil,
            equals: Double? = nil, holds: Bool, severity: String = "error", baseline: JSONValue? = nil,
            sentence: String = ""
        ) {
            self.metric = metric
            self.value = value
            self.min = min
            self.max = max
            self.equals = equals
            self.holds = holds
            self.severity = severity
            self.baseline = baseline
            self.sentence = sentence
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case metric, value, min, max, equals, holds, severity, baseline, sentence
        }
    }
}
