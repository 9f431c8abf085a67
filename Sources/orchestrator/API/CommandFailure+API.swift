import JSONText

extension CommandFailure {
    /// What an answer other than success says, in Airflow's form: `{"detail": "..."}`, a list of mistakes, or
    /// an object of our own with `message` or `errors`.
    init(answer: APIAnswer) {
        let value = try? JSONValue.parse(bytes: answer.body)
        let isConfiguration = value?["code"]?.stringValue == "bad_configuration"
        let status = isConfiguration ? .badConfiguration : ExitStatus(httpStatus: answer.status)
        var messages = value.map(Self.messages) ?? []
        if messages.isEmpty { messages = ["the daemon answered with status \(answer.status)"] }
        let hint = value?["hint"]?.stringValue ?? Self.hint(for: status)
        self.init(status, messages, hint: hint)
    }

    private static func messages(in value: JSONValue) -> [String] {
        let detail = value["detail"] ?? value["error"] ?? value
        if let text = detail.stringValue { return text.split(separator: "\n").map(String.init) }
        if let items = detail.arrayValue { return items.flatMap(mistake) }
        if let errors = detail["errors"]?.arrayValue {
            let title = detail["message"]?.stringValue.map { [$0] } ?? []
            return title + errors.flatMap(mistake)
        }
        if let text = (detail["message"] ?? detail["orig_error"] ?? detail["reason"])?.stringValue {
            return [text]
        }
        return []
    }

    /// One entry of a list: a text, or an object with a message and perhaps a place.
    private static func mistake(_ item: JSONValue) -> [String] {
        if let text = item.stringValue { return [text] }
        guard let text = (item["msg"] ?? item["message"])?.stringValue else { return [] }
        if let line = item["line"]?.intValue, let column = item["column"]?.intValue {
            let path = item["path"]?.stringValue.map { $0 + ":" } ?? ""
            return ["\(path)\(line):\(column): \(text)"]
        }
        let place = item["loc"]?.arrayValue?.map(\.displayText).joined(separator: ".")
        return [place.map { "\($0): \(text)" } ?? text]
    }

    private static func hint(for status: ExitStatus) -> String? {
        switch status {
        case .notPermitted:
            "give a valid token in ORCHESTRATOR_TOKEN; a home's own token is in its file \"token\""
        case .tryLater: "try again in a moment; `orchestrator doctor` shows what is wrong"
        default: nil
        }
    }

    init(connectionLost lost: ConnectionLost) {
        self.init(
            .unavailable, "no daemon can be reached at \(lost.place) (\(lost.detail))",
            hint: "start one with `orchestrator start`, or name another one with --url")
    }

    /// What asks for a daemon when none runs.
    static func noDaemon(home: String) -> CommandFailure {
        CommandFailure(
            .unavailable, "no daemon runs on the home \(home)", hint: "start one with `orchestrator start`")
    }
}
