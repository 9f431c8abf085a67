import DAGDomain
import JSONText

/// `sql` and `container` tasks.
extension TaskReader {
    mutating func readSQL(_ fields: Fields, into task: inout ReadTask) {
        guard let node = fields["sql"], node.members != nil else { return }
        let sql = Fields(node, .sqlQuery)
        var members: [TemplateJSON.Member] = []
        if let database = sql["database"] {
            members.append(TemplateJSON.Member("database", readTemplateJSON(database, &task.references)))
        }
        if let connection = sql["connection"], let text = connection.stringValue {
            members.append(TemplateJSON.Member("connection_id", .value(.string(shownConnection(text)))))
            members.append(
                TemplateJSON.Member("connection", readConnection(connection, text, &task.references)))
        }
        var parameters: TemplateJSON = .value(.object(JSONObject()))
        if let node = sql["parameters"] { parameters = readTemplateJSON(node, &task.references) }
        if let query = sql["query"], let text = query.stringValue {
            refuseTemplate(inQuery: text, at: query.position)
            checkParameters(of: text, at: query.position, sql)
            members.append(TemplateJSON.Member("query", .value(.string(text))))
        }
        members.append(TemplateJSON.Member("parameters", parameters))
        members.append(TemplateJSON.Member("output", .value(.string(sql.string("output") ?? "result"))))
        if let rows = sql.string("rows") {
            members.append(TemplateJSON.Member("rows", .value(.string(rows))))
        }
        if task.definition.role == .sensor {
            members.append(TemplateJSON.Member("sensor", .value(true)))
            if let member = sql.member("rows") {
                diagnostics.error("a sensor keeps no \"rows\"", at: member.keyPosition)
            }
        }
        task.definition.action = .performed(PerformedAction(.sql, .object(members)))
    }

    /// An id stands for the connection of that name; what has a scheme or a place is the URL itself.
    private mutating func readConnection(
        _ node: JSONNode, _ text: String, _ references: inout [OutputReference]
    ) -> TemplateJSON {
        if text.contains("://") || text.contains("{{") { return readTemplateJSON(node, &references) }
        return .text(TemplateText(segments: [.place(TemplatePlace(.connection(id: text, .uri)))]))
    }

    private func shownConnection(_ text: String) -> String { text.contains("://") ? "***" : text }

    private mutating func refuseTemplate(inQuery text: String, at position: JSONPosition) {
        guard let expression = TemplateParser.expectedTemplate(in: text) else { return }
        let name =
            expression.split { !($0 == "_" || $0.isLetter || $0.isNumber) }.last.map(String.init) ?? "value"
        diagnostics.error(
            "{{ \(expression) }}: nothing is filled in in a query; write :\(name), and in \"parameters\" "
                + "{\"\(name)\": \"{{ \(expression) }}\"}", at: position)
    }

    private mutating func checkParameters(of query: String, at position: JSONPosition, _ sql: Fields) {
        let scan = SQLText(query)
        let node = sql["parameters"]
        if let elements = node?.elements {
            if scan.highestNumber > elements.count {
                diagnostics.error(
                    "the query asks for $\(scan.highestNumber), but \"parameters\" has \(elements.count)",
                    at: position)
            }
            if let name = scan.names.first {
                diagnostics.error("the query asks for :\(name), but \"parameters\" is a list", at: position)
            }
            return
        }
        let given = node?.members ?? []
        for name in scan.names where !given.contains(where: { $0.key == name }) {
            diagnostics.error("the query asks for :\(name), which is not in \"parameters\"", at: position)
        }
        for member in given where !scan.names.contains(member.key) {
            diagnostics.error("the query does not ask for :\(member.key)", at: member.keyPosition)
        }
    }

    /// The file of rows is an artifact, whether the task lists it or not.
    func addRowsFile(_ fields: Fields, to task: inout TaskDefinition) {
        guard let node = fields["sql"], let rows = Fields(node, .sqlQuery).string("rows"),
            !task.artifacts.contains(where: { $0.path == rows })
        else { return }
        task.artifacts.append(ArtifactDeclaration(name: rows, path: rows))
    }

    // MARK: Containers

    mutating func readContainer(_ fields: Fields, into task: inout ReadTask) {
        guard let node = fields["container"], node.members != nil else { return }
        let container = Fields(node, .container)
        if let command = container["command"], let text = command.stringValue,
            let expression = TemplateParser.expectedTemplate(in: text)
        {
            diagnostics.error(
                "{{ \(expression) }}: nothing is filled in in a shell string; use "
                    + TemplateParser.variable(for: expression), at: command.position)
        }
        var members: [TemplateJSON.Member] = []
        for key in ["image", "args", "volumes", "env"] {
            guard let node = container[key] else { continue }
            members.append(TemplateJSON.Member(key, readTemplateJSON(node, &task.references)))
        }
        for member in container["env"]?.members ?? [] where ReservedVariables.contains(member.key) {
            diagnostics.error(
                "\(member.key.quotedForMessage) is set by the program and cannot be in \"env\"",
                at: member.keyPosition)
        }
        if let command = container["command"] {
            let isText = command.stringValue != nil
            let value = isText ? .value(command.value) : readTemplateJSON(command, &task.references)
            members.append(TemplateJSON.Member("command", value))
        }
        members.append(TemplateJSON.Member("engine", .value(.string(container.string("engine") ?? "auto"))))
        let grace = Int64(task.definition.terminationGrace.components.seconds)
        members.append(TemplateJSON.Member("stop_seconds", .value(.integer(max(1, grace - 2)))))
        task.definition.action = .performed(PerformedAction(.container, .object(members)))
    }
}
