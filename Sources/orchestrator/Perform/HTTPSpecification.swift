import JSONText
import SchedulerService

/// The request of an `http` task, as the scheduler writes it. What the loader checked is taken as it is; what came in by
/// templates is checked by the client.
struct HTTPSpecification {
    let url: String
    let method: String
    let headers: [(name: String, value: String)]
    let body: JSONValue?
    let expectedStatus: [ClosedRange<Int64>]
    let timeoutMilliseconds: Int64
    let output: String

    init(_ value: JSONValue) {
        url = value["url"].map(Self.text) ?? ""
        method = value["method"]?.stringValue ?? "GET"
        headers = (value["headers"]?.objectValue ?? [:]).map { ($0.key, Self.text($0.value)) }
        body = value["body"]
        expectedStatus = (value["expected_status"]?.arrayValue ?? []).compactMap { pair in
            guard let low = pair[0]?.intValue, let high = pair[1]?.intValue, low <= high else { return nil }
            return low...high
        }
        timeoutMilliseconds = value["timeout_ms"]?.intValue ?? 60_000
        output = value["output"]?.stringValue ?? "body"
    }

    /// A value in a place that is a text: a number that a template brought stands as it is written.
    private static func text(_ value: JSONValue) -> String { value.stringValue ?? value.text() }

    /// The URL for a log: without a login, and without the values of its query.
    var shownURL: String {
        var text = url[...]
        if let query = text.firstIndex(of: "?") { text = text[..<query] }
        guard let start = text.firstRange(of: "://")?.upperBound else { return String(text) }
        let authority = text[start...].prefix { $0 != "/" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return text[..<start] + host + text[authority.endIndex...] + (url.contains("?") ? "?..." : "")
    }

    /// The headers for a log; what may be a secret is masked.
    var shownHeaders: [String] {
        headers.map { name, value in
            HeaderMasking.isShown(name) ? "\(name): \(value)" : "\(name): ***"
        }
    }

    func isExpected(_ status: Int) -> Bool { expectedStatus.contains { $0.contains(Int64(status)) } }
}
