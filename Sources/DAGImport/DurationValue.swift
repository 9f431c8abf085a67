import DAGDomain
import JSONText

/// Seconds as our files write them.
enum DurationValue {
    /// `"1h30m"`, without loss; nil for what is no number of seconds between 0 and 100 years.
    static func json(_ seconds: JSONValue?) -> JSONValue? {
        guard let value = seconds?.doubleValue, value >= 0, value <= 3_155_760_000 else { return nil }
        return .string(DurationText.exact(.microseconds(Int64((value * 1_000_000).rounded()))))
    }
}
