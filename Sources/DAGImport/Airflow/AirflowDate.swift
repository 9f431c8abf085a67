import DAGDomain
import JSONText

/// Airflow's instants: seconds since 1970, or texts.
enum AirflowDate {
    /// As our files write it; nil for what is no date.
    static func text(_ value: JSONValue) -> String? {
        if let seconds = value.doubleValue, abs(seconds) < 1e11 {
            return short(Timestamp(microsecondsSinceEpoch: Int64((seconds * 1_000_000).rounded())))
        }
        guard let text = value.stringValue, let date = try? Timestamp(rfc3339: text.replacing(" ", with: "T"))
        else { return nil }
        return short(date)
    }

    private static func short(_ date: Timestamp) -> String { date.rfc3339.replacing(".000000Z", with: "Z") }
}
