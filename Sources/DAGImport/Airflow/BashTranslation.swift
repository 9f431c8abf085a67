import JSONText

/// Turns a `bash_command` with Jinja into a text that bash runs as it is: every value comes from a variable, which
/// the shell never executes.
struct BashTranslation {
    let parameters: Set<String>
    let vocabulary: Vocabulary
    /// `params` of the DAG, so that the loader knows them when it is asked about a template.
    let dag: JSONObject

    private(set) var environment = JSONObject()
    /// What could not be translated, each with what to do.
    private(set) var failures: [(expression: String, advice: String)] = []

    init(parameters: Set<String>, vocabulary: Vocabulary, dag: JSONObject) {
        self.parameters = parameters
        self.vocabulary = vocabulary
        self.dag = dag
    }

    /// The command as bash gets it; meaningless if there were failures.
    mutating func command(_ text: String) -> String {
        let jinja = JinjaText(text)
        var context = ShellContext()
        var result = ""
        for piece in jinja.pieces {
            switch piece {
            case .text(let text):
                result += text
                context.advance(over: text)
            case .statement(let text): fail("{% \(text) %}", Self.statementAdvice)
            case .expression(let expression):
                guard let value = self.value(expression) else { continue }
                switch value {
                case .literal(let text):
                    result += text
                    context.advance(over: text)
                case .variable(let name):
                    guard let reference = context.reference(to: name) else {
                        fail(
                            "{{ \(expression) }}",
                            "it stands in a here-document with a quoted end word; "
                                + "unquote the word and write ${\(name)}")
                        continue
                    }
                    result += reference
                    context.passValue()
                }
            }
        }
        return result
    }

    /// The value of an `env` entry of ours; nil with a failure noted.
    mutating func entry(_ text: String) -> String? {
        var result = ""
        for piece in JinjaText(text).pieces {
            switch piece {
            case .text(let text): result += ShellText.literal(text)
            case .statement(let text):
                fail("{% \(text) %}", Self.statementAdvice)
                return nil
            case .expression(let expression):
                guard let template = template(expression) else { return nil }
                result += template
            }
        }
        return result
    }

    static let statementAdvice = "make the decision in the command itself, with the variables a task sees"

    private enum Value {
        case literal(String)
        case variable(String)
    }

    private mutating func value(_ expression: String) -> Value? {
        switch JinjaExpression.translate(expression, parameters: parameters) {
        case .text(let text): return .literal(text)
        case .variable(let name): return .variable(name)
        case .none(let advice): fail("{{ \(expression) }}", advice)
        case .template(let template):
            guard isKnown(template) else {
                fail("{{ \(expression) }}", Self.unknownAdvice)
                return nil
            }
            let name = "AIRFLOW_" + Names.variable(template).uppercased()
            environment[name] = .string("{{ \(template) }}")
            return .variable(name)
        }
        return nil
    }

    private mutating func template(_ expression: String) -> String? {
        switch JinjaExpression.translate(expression, parameters: parameters) {
        case .text(let text): return ShellText.literal(text)
        case .none(let advice): fail("{{ \(expression) }}", advice)
        case .variable(let variable):
            if let name = parameters.first(where: { "ORCHESTRATOR_PARAM_\($0.uppercased())" == variable }) {
                return "{{ params.\(name) }}"
            }
            let spelled = Self.templateNames[variable] ?? variable
            if isKnown(spelled) { return "{{ \(spelled) }}" }
            fail("{{ \(expression) }}", "the task sees the value as \"$\(variable)\"")
        case .template(let template):
            if isKnown(template) { return "{{ \(template) }}" }
            fail("{{ \(expression) }}", Self.unknownAdvice)
        }
        return nil
    }

    private static let templateNames = [
        "ORCHESTRATOR_RUN_ID": "run_id", "ORCHESTRATOR_DAG_ID": "dag.dag_id",
        "ORCHESTRATOR_TASK_ID": "task.task_id", "ORCHESTRATOR_TRY_NUMBER": "ti.try_number",
        "ORCHESTRATOR_MAP_INDEX": "ti.map_index", "ORCHESTRATOR_RUN_TYPE": "dag_run.run_type",
    ]

    private static let unknownAdvice =
        "compute it in the command, from the variables a task sees (docs/dag-file.md)"

    private func isKnown(_ template: String) -> Bool {
        vocabulary.hasTemplate("{{ \(template) }}", dag: dag)
    }

    private mutating func fail(_ expression: String, _ advice: String) {
        failures.append((expression, advice))
    }
}
