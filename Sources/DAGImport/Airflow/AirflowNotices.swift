import JSONText

/// What Airflow tells people: e-mails of tasks and deadlines of DAGs. Callbacks are functions of Python, which are listed.
enum AirflowNotices {
    /// `email` with its switches as our events; empty when nobody gets one.
    ///
    /// - Parameter value: a key of the task; Airflow leaves out switches that are true.
    static func events(_ value: (String) -> JSONValue?) -> [(event: String, notice: JSONValue)] {
        let addresses = addresses(value("email"))
        guard !addresses.isEmpty else { return [] }
        let notice: JSONValue = ["email": .array(addresses.map(JSONValue.string))]
        return [("on_failure", "email_on_failure"), ("on_retry", "email_on_retry")]
            .filter { value($0.1)?.boolValue ?? true }.map { ($0.0, notice) }
    }

    /// A list, or a text with commas or semicolons, as Airflow's `get_email_address_list` splits it.
    private static func addresses(_ value: JSONValue?) -> [String] {
        if let list = value?.arrayValue { return list.compactMap(\.stringValue) }
        guard let text = value?.stringValue else { return [] }
        return text.split { ",; \n".contains($0) }.map(String.init)
    }

    /// A deadline that is ours, or why there is none.
    enum Deadline {
        case ours(JSONObject)
        case none(message: String, advice: String)
    }

    /// A `DeadlineAlert`, serialized.
    static func deadline(_ alert: JSONValue) -> Deadline {
        let reference = alert["reference"]?.unwrapped ?? .null
        let kind = reference["reference_type"]?.stringValue ?? ""
        let interval = alert["interval"]?.unwrapped ?? .null
        let seconds = interval["__data__"]?.doubleValue ?? interval.doubleValue
        guard let seconds, let duration = DurationValue.json(JSONValue(seconds)) else {
            return .none(
                message: "\(kind) with the interval \(interval.text())",
                advice: "\"not_finished_by\" takes a duration, or a time of the day")
        }
        switch kind {
        case "DagRunQueuedAtDeadline": return .ours(["not_finished_by": duration])
        case "DagRunLogicalDateDeadline":
            return .ours(["not_finished_by": duration, "reference": "logical_date"])
        case "AverageRuntimeDeadline" where seconds == 0:
            var json: JSONObject = ["average_runtime": 1]
            json["runs"] = reference["max_runs"]?.unwrapped
            json["min_runs"] = reference["min_runs"]?.unwrapped
            return .ours(json)
        case "AverageRuntimeDeadline":
            return .none(
                message: "the average runtime and \(duration.stringValue ?? "")",
                advice: "\"average_runtime\" takes a factor: 2 is twice the average")
        default:
            return .none(
                message: kind, advice: "\"deadline\" counts from dates of the run; see docs/dag-file.md")
        }
    }

    /// The name of a deadline's callback, if it says one.
    static func callback(_ alert: JSONValue) -> String? {
        let callback = alert["callback"]?.unwrapped ?? .null
        return callback["path"]?.stringValue ?? callback["__data__"]?["path"]?.stringValue
    }
}
