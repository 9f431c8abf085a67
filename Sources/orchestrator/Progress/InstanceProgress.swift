import DAGDomain
import JSONText

/// A task instance as the progress shows it.
struct InstanceProgress: Sendable, Equatable {
    let name: InstanceName
    var state: String
    var tryNumber: Int
    var maximumTries: Int
    var start: Timestamp?
    var duration: Duration?
    var notBefore: Timestamp?
    /// The recorded reason of the state, when there is one.
    var reason: String?

    /// - Parameter instance: a task instance of the API.
    init(_ instance: JSONObject) {
        name = InstanceName(instance)
        state = instance["state"]?.stringValue ?? "pending"
        tryNumber = Int(instance["try_number"]?.intValue ?? 0)
        maximumTries = Int(instance["max_tries"]?.intValue ?? 1)
        start = Self.instant(instance["start_date"])
        duration = instance["duration"]?.doubleValue.map { .microseconds(Int64($0 * 1_000_000)) }
        notBefore = Self.instant(instance["not_before"])
        reason = instance["reason"]?.stringValue
    }

    private static func instant(_ value: JSONValue?) -> Timestamp? {
        guard let text = value?.stringValue else { return nil }
        return try? Timestamp(rfc3339: text)
    }

    var isRunning: Bool { state == "running" }

    /// How far a try is. Events that were on their way when a snapshot was taken may be older than it.
    private static let order = ["pending", "scheduled", "queued", "running", "up_for_retry"]

    /// Whether `other` tells of a later moment than this, as far as a try and its states can tell.
    func isOlder(than other: InstanceProgress) -> Bool {
        if tryNumber != other.tryNumber { return tryNumber < other.tryNumber }
        let ended = Self.order.count
        return (Self.order.firstIndex(of: state) ?? ended)
            <= (Self.order.firstIndex(of: other.state) ?? ended)
    }

    var isEnded: Bool { !Self.order.contains(state) }

    /// What deserves a line when there is no room for all: what happens now, and what went wrong.
    var isNotable: Bool { ["running", "up_for_retry", "failed", "cancelled"].contains(state) }

    /// The time it has taken so far, or took, or how long until its next try.
    func time(at now: Timestamp) -> String {
        if state == "up_for_retry", let notBefore, notBefore > now {
            return "in " + DurationText.describe(notBefore - now)
        }
        if isRunning, let start { return DurationText.describe(max(now - start, .zero)) }
        return duration.map(DurationText.describe) ?? ""
    }

    /// `try 2/3`, where more than one is possible or was needed.
    var tries: String {
        tryNumber > 0 && (maximumTries > 1 || tryNumber > 1) ? "try \(tryNumber)/\(maximumTries)" : ""
    }
}
