import JSONText

/// What a status says of the person's own MLflow server, in words.
struct TrackingWords {
    let line: String
    /// Whether something was not told.
    let isBehind: Bool

    /// - Returns: nil when there is nothing to say.
    init?(_ status: JSONValue?) {
        let url = status?["url"]?.stringValue
        let count = status?["undelivered"]?.intValue ?? 0
        guard url != nil || count > 0 else { return nil }
        isBehind = count > 0
        guard isBehind else {
            line = "\(url ?? "") has been told everything"
            return
        }
        let place = url ?? "no tracking.url is configured any more;"
        let oldest = status?["oldest"]?.stringValue.map { ", the oldest of \($0)" } ?? ""
        let problem = status?["problem"]?.stringValue.map { ": " + $0 } ?? ""
        line = "\(place) \(count) steps not delivered yet\(oldest)\(problem)"
    }
}
