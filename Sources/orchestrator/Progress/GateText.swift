import JSONText

/// A gate's verdict with its numbers, a line for each condition.
enum GateText {
    /// - Parameter instance: a task instance of the API.
    static func lines(of instance: JSONObject) -> [String] {
        (instance["gate"]?["conditions"]?.arrayValue ?? []).map { condition in
            let holds = condition["holds"] == true
            let metric = condition["metric"]?.stringValue ?? ""
            let value = RunSummary.text(ofMetric: condition["value"]) ?? "not reported"
            let mark = holds ? "✔" : condition["severity"] == "warn" ? "⚠" : "✘"
            let bounds = bounds(condition)
            // What compares has more numbers than fit into the short form.
            if let sentence = condition["sentence"]?.stringValue,
                bounds.isEmpty || sentence.contains("(") || condition["baseline"]?.doubleValue != nil
            {
                return "gate \(mark) \(sentence)"
            }
            return "gate \(mark) \(metric) = \(value) (\(bounds))"
        }
    }

    private static func bounds(_ condition: JSONValue) -> String {
        let words = [("min", "at least"), ("max", "at most"), ("equals", "exactly")]
        return words.compactMap { key, word in
            condition[key]?.doubleValue.map { "\(word) \(RunSummary.short($0))" }
        }
        .joined(separator: ", ")
    }
}
