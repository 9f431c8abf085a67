import DAGDomain
import JSONText

/// Notices of DAGs and tasks.
extension TaskReader {
    /// - Parameters:
    ///   - inherited: what `default_args` say; a key of the task replaces it.
    ///   - ofRuns: whether the keys are the DAG's, where templates know no task.
    mutating func readNotices(_ fields: Fields, inherited: Notices = [:], ofRuns: Bool = false) -> Notices {
        var notices = inherited
        for event in NoticeEvent.allCases {
            guard let node = fields[event.rawValue] else { continue }
            let actions = readActions(node, ofRuns: ofRuns)
            notices[event] = actions.isEmpty ? nil : actions
        }
        return notices
    }

    /// One notice or a list of them.
    mutating func readActions(_ node: JSONNode, ofRuns: Bool) -> [NoticeAction] {
        (node.elements ?? [node]).compactMap { readAction($0, ofRuns: ofRuns) }
    }

    private mutating func readAction(_ node: JSONNode, ofRuns: Bool) -> NoticeAction? {
        guard node.members != nil else { return nil }
        let fields = Fields(node, .notice)
        isInNotice = true
        defer { isInNotice = false }
        let given = RoleKeys.noticeKinds.compactMap { fields.member($0) }
        for other in given.dropFirst() {
            diagnostics.error(
                "a notice is sent in one way only: \(RoleKeys.noticeChoices); a list has several notices",
                at: other.keyPosition)
        }
        var texts = NoticeTexts(ofRuns: ofRuns)
        let specification: (NoticeAction.Kind, TemplateJSON)
        if let command = fields["command"] {
            specification = (.command, readCommandNotice(command, &texts))
        } else if let webhook = fields["webhook"] {
            specification = (.webhook, readWebhook(webhook, &texts))
        } else if let email = fields["email"] {
            specification = (.email, readEmail(email, &texts))
        } else {
            return nil
        }
        report(texts)
        return NoticeAction(
            specification.0, specification.1,
            retries: fields.integer("retries") ?? NoticeAction.standardRetries,
            retryDelay: fields.duration("retry_delay") ?? NoticeAction.standardDelay,
            timeout: fields.duration("timeout") ?? NoticeAction.standardTimeout)
    }

    private mutating func readCommandNotice(_ node: JSONNode, _ texts: inout NoticeTexts) -> TemplateJSON {
        guard let text = node.stringValue else {
            return .object([.init("command", read(node, &texts))])
        }
        if let expression = TemplateParser.expectedTemplate(in: text) {
            diagnostics.error(
                "{{ \(expression) }}: nothing is filled in in a shell string; the facts are in variables such as "
                    + "\"$ORCHESTRATOR_DAG_ID\" and in the file \"$ORCHESTRATOR_NOTICE\"", at: node.position)
        }
        return .object([.init("command", .value(node.value))])
    }

    // MARK: Webhooks

    private mutating func readWebhook(_ node: JSONNode, _ texts: inout NoticeTexts) -> TemplateJSON {
        guard node.members != nil else {
            checkWebhookURL(node, isInsecure: false)
            return .object([.init("url", read(node, &texts))])
        }
        let fields = Fields(node, .webhook)
        let isInsecure = fields["insecure"]?.value.boolValue ?? false
        var members: [TemplateJSON.Member] = []
        if let url = fields["url"] {
            checkWebhookURL(url, isInsecure: isInsecure)
            members.append(.init("url", read(url, &texts)))
        }
        if let secret = fields["secret"] { members.append(.init("secret", read(secret, &texts))) }
        if let headers = fields["headers"] {
            members.append(.init("headers", readHeaders(headers, &texts.references)))
        }
        if let body = fields["body"] { members.append(.init("body", read(body, &texts))) }
        if isInsecure { members.append(.init("insecure", .value(true))) }
        return .object(members)
    }

    private mutating func checkWebhookURL(_ node: JSONNode, isInsecure: Bool) {
        guard let text = node.stringValue, let template = try? TemplateParser.parse(text).text else { return }
        checkURL(template, at: node.position)
        if template.isLiteral, !isInsecure, WebAddress(text)?.isPlainAndElsewhere == true {
            diagnostics.error(
                "http:// to another machine can be read on the way; write https://, or \"insecure\": true",
                at: node.position)
        }
    }

    // MARK: E-mail

    private mutating func readEmail(_ node: JSONNode, _ texts: inout NoticeTexts) -> TemplateJSON {
        guard node.members != nil else { return .object([.init("to", readAddresses(node, &texts))]) }
        let fields = Fields(node, .email)
        var members: [TemplateJSON.Member] = []
        for key in ["to", "cc", "from"] {
            guard let value = fields[key] else { continue }
            let addresses = readAddresses(value, &texts)
            members.append(.init(key, addresses))
        }
        for key in ["subject", "body"] {
            guard let value = fields[key] else { continue }
            if key == "subject", value.stringValue?.contains(where: \.isNewline) == true {
                diagnostics.error("a subject has one line", at: value.position)
            }
            members.append(.init(key, read(value, &texts)))
        }
        if let connection = fields.string("connection") {
            members.append(.init("connection", .value(.string(connection))))
        }
        return .object(members)
    }

    private mutating func readAddresses(_ node: JSONNode, _ texts: inout NoticeTexts) -> TemplateJSON {
        for element in node.elements ?? [node] {
            guard let text = element.stringValue, !text.contains("{{"), !text.isEmpty,
                !MailAddress.isValid(text)
            else { continue }
            diagnostics.error(
                "\(text.quotedForMessage) is no mail address such as ann@example.org", at: element.position)
        }
        return read(node, &texts)
    }

    // MARK: Templates

    private mutating func read(_ node: JSONNode, _ texts: inout NoticeTexts) -> TemplateJSON {
        let value = readTemplateJSON(node, &texts.references)
        for place in value.templates.flatMap(\.places) {
            if texts.ofRuns, case .fact(let name) = place.reference, name.isOfTask {
                diagnostics.error("{{ \(name.rawValue) }}: a run is no task", at: node.position)
            }
        }
        return value
    }

    private mutating func report(_ texts: NoticeTexts) {
        for reference in texts.references {
            diagnostics.error(
                "\(reference.shown): a notice knows no outputs; a task with a trigger rule can send them",
                at: reference.position)
        }
    }
}

/// What was read of the texts of one notice.
private struct NoticeTexts {
    let ofRuns: Bool
    var references: [OutputReference] = []
}

extension TemplateName {
    /// Whether only a task instance has it.
    fileprivate var isOfTask: Bool {
        switch self {
        case .taskID, .instanceTaskID, .instanceDAGID, .instanceRunID, .tryNumber, .mapIndex, .instanceKey:
            true
        default: false
        }
    }
}
