import JSONText

/// What the watchdog says of the daemon, in a line for people.
struct WatchdogWords {
    /// Nil while it is turned off or has nothing to tell.
    let line: String?
    /// Whether something is still wrong.
    let isAlarm: Bool

    init(_ watchdog: JSONValue) {
        let found = watchdog["found"]?.intValue ?? 0
        let repaired = watchdog["repaired"]?.intValue ?? 0
        isAlarm = found > repaired
        guard found > 0 else {
            line = nil
            return
        }
        let newest = watchdog["findings"]?.arrayValue?.last
        let when = newest?["at"]?.stringValue ?? ""
        let what = newest?["text"]?.stringValue ?? ""
        line =
            "\(found) \(found == 1 ? "thing" : "things") stood still, \(repaired) set going again; "
            + "the last at \(when): \(what)"
    }
}
