import DAGDomain

/// Reads `{{ params.NAME }}` and `{{ outputs.TASK.NAME }}` out of a text; `{{ "{{" }}` stands for two braces.
struct TemplateParser {
    /// Why a text is not a template, in a sentence.
    struct Failure: Error {
        let message: String
    }

    /// Airflow's names, which are known but not filled in yet (airflow.md A13), each with what to use
    /// instead.
    static let laterNames: [String: String] = {
        var names: [String: String] = [
            "run_id": "ORCHESTRATOR_RUN_ID", "dag_run": "ORCHESTRATOR_RUN_ID", "dag": "ORCHESTRATOR_DAG_ID",
            "task": "ORCHESTRATOR_TASK_ID", "ti": "ORCHESTRATOR_TASK_ID",
            "task_instance": "ORCHESTRATOR_TASK_ID",
            "data_interval_start": "ORCHESTRATOR_DATA_INTERVAL_START",
            "data_interval_end": "ORCHESTRATOR_DATA_INTERVAL_END", "inputs": "ORCHESTRATOR_INPUTS",
            "var": "", "conn": "", "macros": "", "triggering_asset_events": "",
            "artifacts": "ORCHESTRATOR_INPUTS",
        ]
        for date in ["ds", "ds_nodash", "ts", "ts_nodash", "logical_date", "execution_date"] {
            names[date] = "ORCHESTRATOR_LOGICAL_DATE"
        }
        return names
    }()

    static func parse(_ text: String) throws(Failure) -> TemplateText {
        guard text.utf8.contains(UInt8(ascii: "{")), let first = text.utf8.firstRange(of: "{{".utf8) else {
            return TemplateText(literal: text)
        }
        var segments: [TemplateText.Segment] = []
        var literal = String(text[..<first.lowerBound])
        var rest = text[first.upperBound...]
        while true {
            guard let end = closing(of: rest) else {
                throw Failure(
                    message: "\"{{\" is not closed by \"}}\"; for two braces as they are write {{ \"{{\" }}")
            }
            let expression = rest[..<end].trimmed
            rest = rest[rest.utf8.index(end, offsetBy: 2)...]
            if expression == "\"{{\"" || expression == "'{{'" {
                literal += "{{"
            } else {
                if !literal.isEmpty { segments.append(.literal(literal)) }
                literal = ""
                segments.append(try segment(expression))
            }
            guard let next = rest.utf8.firstRange(of: "{{".utf8) else { break }
            literal += rest[..<next.lowerBound]
            rest = rest[next.upperBound...]
        }
        literal += rest
        if !literal.isEmpty { segments.append(.literal(literal)) }
        return TemplateText(segments: segments)
    }

    /// Where the `}}` starts that ends an expression.
    private static func closing(of rest: Substring) -> Substring.Index? {
        rest.utf8.firstRange(of: "}}".utf8)?.lowerBound
    }

    private static func segment(_ expression: String) throws(Failure) -> TemplateText.Segment {
        let parts = expression.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let shown = "{{ \(expression.quotedContent) }}"
        switch parts[0] {
        case "params":
            guard parts.count == 2, TextRule.variable.accepts(parts[1]) else {
                throw Failure(message: "\(shown) is not understood; write {{ params.NAME }}")
            }
            return .parameter(name: parts[1])
        case "outputs":
            guard parts.count >= 3, let name = parts.last, TextRule.output.accepts(name) else {
                throw Failure(message: "\(shown) is not understood; write {{ outputs.TASK.NAME }}")
            }
            let task = parts[1..<parts.count - 1].joined(separator: ".")
            return .output(task: TaskID(task), name: name)
        default:
            let word = String(expression.prefix { $0 == "_" || $0.isLetter || $0.isNumber })
            if let variable = laterNames[word] {
                let hint = variable.isEmpty ? "" : "; the environment variable \(variable) has it"
                throw Failure(message: "\(shown): \"\(word)\" is not supported yet\(hint)")
            }
            throw Failure(
                message: "\(shown) is not understood; known are {{ params.NAME }} and {{ outputs.TASK.NAME }}"
            )
        }
    }

    /// The first expression of a text in which nothing is filled in, if it looks like one of ours or of
    /// Airflow's: whoever wrote it expects a value. Other braces (`docker inspect -f '{{.State}}'`) are left
    /// alone.
    static func expectedTemplate(in text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return nil }
        var rest = text[...]
        while let start = rest.utf8.firstRange(of: "{{".utf8) {
            rest = rest[start.upperBound...]
            let inside = rest[..<(closing(of: rest) ?? rest.endIndex)].trimmed
            let word = String(
                inside.drop { $0 == "-" || $0 == " " }.prefix { $0 == "_" || $0.isLetter || $0.isNumber })
            if word == "params" || word == "outputs" || laterNames[word] != nil {
                return inside.quotedContent
            }
        }
        return nil
    }

    /// The environment variable that holds what an expression of a shell string asks for.
    static func variable(for expression: String) -> String {
        let parts = expression.split(separator: ".")
        switch parts.first {
        case "params" where parts.count == 2 && TextRule.variable.accepts(String(parts[1])):
            return "\"$ORCHESTRATOR_PARAM_\(parts[1].uppercased())\""
        case "params": return "the file \"$ORCHESTRATOR_PARAMS\""
        case "outputs":
            return "the file \"$ORCHESTRATOR_INPUTS\", or an \"env\" entry with this template"
        default:
            let word = expression.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            let variable = laterNames[String(word)] ?? ""
            return variable.isEmpty ? "an \"env\" entry" : "\"$\(variable)\""
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// The text as `quotedForMessage` shows it, without the quotes.
    fileprivate var quotedContent: String { String(quotedForMessage.dropFirst().dropLast()) }
}
