import DAGDomain
import JSONText

/// The ways to run that the program does itself. Each is read into the form in which the process that does it wants it.
extension TaskReader {
    /// Reads the one way in which the task runs.
    mutating func readWay(_ fields: Fields, into task: inout ReadTask) {
        let given = RoleKeys.ways.filter { fields[$0] != nil }
        for other in given.dropFirst().compactMap({ fields.member($0) }) {
            diagnostics.error("a task runs in one way only: \(RoleKeys.wayChoices)", at: other.keyPosition)
        }
        switch given.first {
        // What it compares is all that it does.
        case nil where task.definition.role == .monitor && fields["drift"] != nil: break
        case nil:
            let isMisspelt = RoleKeys.ways.contains(where: fields.isMisspelt) || fields["operator"] != nil
            if !isMisspelt {
                diagnostics.error("the task needs a \(RoleKeys.wayChoices)", at: fields.position)
            }
        case "http"?: readHTTP(fields, into: &task)
        case "sql"?: readSQL(fields, into: &task)
        case "container"?: readContainer(fields, into: &task)
        default: readCommand(fields, into: &task)
        }
    }

    // MARK: HTTP

    private mutating func readHTTP(_ fields: Fields, into task: inout ReadTask) {
        guard let node = fields["http"], node.members != nil else { return }
        let request = Fields(node, .httpRequest)
        var members: [TemplateJSON.Member] = []
        if let url = request["url"], let text = readTemplate(url, references: &task.references) {
            checkURL(text, at: url.position)
            members.append(TemplateJSON.Member("url", .text(text)))
        }
        let method = request.string("method") ?? (request["body"] == nil ? "GET" : "POST")
        members.append(TemplateJSON.Member("method", .value(.string(method))))
        if let headers = request["headers"] {
            members.append(TemplateJSON.Member("headers", readHeaders(headers, &task.references)))
        }
        if let body = request["body"] {
            if let member = request.member("body"), method == "GET" || method == "HEAD" {
                diagnostics.error("a \(method) request has no \"body\"", at: member.keyPosition)
            }
            members.append(TemplateJSON.Member("body", readTemplateJSON(body, &task.references)))
        }
        let ranges = readStatusRanges(request["expected_status"])
        members.append(TemplateJSON.Member("expected_status", .value(ranges)))
        let timeout = request.duration("timeout") ?? .seconds(60)
        members.append(TemplateJSON.Member("timeout_ms", .value(.integer(timeout.wholeMilliseconds))))
        members.append(TemplateJSON.Member("output", .value(.string(request.string("output") ?? "body"))))
        task.definition.action = .performed(PerformedAction(.http, .object(members)))
    }

    mutating func checkURL(_ text: TemplateText, at position: JSONPosition) {
        guard case .literal(let start)? = text.segments.first else { return }
        let lowered = start.lowercased()
        let scheme = ["http://", "https://"].first { lowered.hasPrefix($0) }
        if scheme == nil || (text.isLiteral && lowered.count == scheme?.count)
            || start.contains(where: { $0.isWhitespace })
        {
            diagnostics.error(
                "\"url\" must be a URL such as https://example.org/path, found \(start.quotedForMessage)",
                at: position)
        }
    }

    mutating func readHeaders(
        _ node: JSONNode, _ references: inout [OutputReference]
    ) -> TemplateJSON {
        var seen = Set<String>()
        var headers: [TemplateJSON.Member] = []
        for member in node.members ?? [] {
            if !seen.insert(member.key.lowercased()).inserted {
                diagnostics.error(
                    "the header \(member.key.quotedForMessage) is there twice", at: member.keyPosition)
            }
            if let text = member.node.stringValue, text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
                diagnostics.error("a header's value has one line", at: member.node.position)
            }
            headers.append(TemplateJSON.Member(member.key, readTemplateJSON(member.node, &references)))
        }
        return .object(headers)
    }

    /// A list of pairs, the lowest and the highest accepted status.
    private mutating func readStatusRanges(_ node: JSONNode?) -> JSONValue {
        guard let node else { return [[200, 299]] }
        var ranges: [JSONValue] = []
        for element in node.elements ?? [node] {
            let text = element.stringValue ?? element.value.intValue.map { "\($0)" } ?? ""
            let bounds = text.split(separator: "-").compactMap { Int64($0) }
            guard let low = bounds.first, let high = bounds.last else { continue }
            if low > high {
                diagnostics.error("\(text.quotedForMessage) begins above its end", at: element.position)
            }
            ranges.append([.integer(low), .integer(high)])
        }
        return .array(ranges)
    }

    // MARK: Values with places

    /// Any JSON value, with places to fill in in all its texts.
    mutating func readTemplateJSON(
        _ node: JSONNode, _ references: inout [OutputReference]
    ) -> TemplateJSON {
        if node.stringValue != nil {
            guard let text = readTemplate(node, references: &references) else { return .value(node.value) }
            return text.isLiteral ? .value(.string(text.literalText)) : .text(text)
        }
        if let elements = node.elements {
            return .array(elements.map { readTemplateJSON($0, &references) })
        }
        if let members = node.members {
            return .object(
                members.map { TemplateJSON.Member($0.key, readTemplateJSON($0.node, &references)) })
        }
        return .value(node.value)
    }
}

extension Duration {
    /// Rounded up, so that no limit becomes none.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : milliseconds + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
