import JSONText

/// Which runs go by themselves and when that was last looked at, in a line for people.
struct RetentionWords {
    let line: String
    /// Whether the last look came to an early end.
    let isAlarm: Bool

    /// - Returns: nil when nothing goes by itself.
    init?(_ retention: JSONValue?) {
        guard let object = retention?.objectValue else { return nil }
        let days = object["days"]?.intValue.map { "ended \($0 == 1 ? "1 day" : "\($0) days") ago" }
        let runs = object["runs"]?.intValue.map { "are beyond the newest \($0) of their DAG" }
        let rule = "runs go that " + [days, runs].compactMap(\.self).joined(separator: " and ")
        isAlarm = object["problem"]?.stringValue != nil
        guard let instant = object["last_look"]?.stringValue else {
            line = rule + "; not looked yet"
            return
        }
        let removed = object["removed_runs"]?.intValue ?? 0
        let bytes = ByteCount.text(object["removed_bytes"]?.intValue ?? 0)
        let problem = object["problem"]?.stringValue.map { "; it ended early: " + $0 } ?? ""
        line =
            "\(rule); last looked at \(instant): \(removed == 1 ? "1 run" : "\(removed) runs") removed, \(bytes)"
            + problem
    }
}
