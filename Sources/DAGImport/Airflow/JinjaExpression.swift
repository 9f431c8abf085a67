/// The inside of `{{ ... }}` in Airflow's spelling, turned into ours.
///
/// Only spelling is translated here; whether the result is known is the loader's to say.
enum JinjaExpression {
    /// What stands for an expression.
    enum Translation: Hashable {
        /// A variable that every task sees.
        case variable(String)
        /// A template of ours, without its braces.
        case template(String)
        /// A quoted text.
        case text(String)
        /// Nothing; the advice says what to do.
        case none(advice: String)
    }

    static func translate(_ expression: String, parameters: Set<String>) -> Translation {
        if let text = quotedText(expression) { return .text(text) }
        let spelled = respelled(expression)
        if let variable = variables[spelled] { return .variable(variable) }
        if let name = parameter(spelled) {
            guard parameters.contains(name) else {
                return .none(
                    advice: "declare the param \"\(name)\" in \"params\" and use "
                        + "\"$ORCHESTRATOR_PARAM_\(name.uppercased())\"")
            }
            return .variable("ORCHESTRATOR_PARAM_\(name.uppercased())")
        }
        if spelled.contains("xcom_pull") {
            return .none(
                advice:
                    "let the upstream task write NAME=value to \"$ORCHESTRATOR_OUTPUT\", and give this one "
                    + "an \"env\" entry {{ outputs.TASK.NAME }}")
        }
        return .template(spelled)
    }

    private static let variables: [String: String] = [
        "run_id": "ORCHESTRATOR_RUN_ID", "dag_run.run_id": "ORCHESTRATOR_RUN_ID",
        "ti.run_id": "ORCHESTRATOR_RUN_ID", "dag.dag_id": "ORCHESTRATOR_DAG_ID",
        "ti.dag_id": "ORCHESTRATOR_DAG_ID", "dag_run.dag_id": "ORCHESTRATOR_DAG_ID",
        "task.task_id": "ORCHESTRATOR_TASK_ID", "ti.task_id": "ORCHESTRATOR_TASK_ID",
        "ti.try_number": "ORCHESTRATOR_TRY_NUMBER", "ti.map_index": "ORCHESTRATOR_MAP_INDEX",
        "dag_run.run_type": "ORCHESTRATOR_RUN_TYPE",
    ]

    /// Other ways to say the same, in the order in which they are looked for.
    private static func respelled(_ expression: String) -> String {
        var text = expression.replacing(/\[\s*['"]([A-Za-z_]\w*)['"]\s*\]/) { ".\($0.output.1)" }
        text = text.replacing(/\.get\(\s*['"]([A-Za-z_]\w*)['"]\s*\)/) { ".\($0.output.1)" }
        text = text.replacing(/\btask_instance\./) { _ in "ti." }
        text = text.replacing(/\bexecution_date\b/) { _ in "logical_date" }
        text = text.replacing(/\bmacros\.ds_add\(\s*(\w+)\s*,\s*(-?\d+)\s*\)/) {
            "\($0.output.1) | add_days(\($0.output.2))"
        }
        text = text.replacing(/\.strftime\(\s*('[^']*'|"[^"]*")\s*\)/) { " | date(\($0.output.1))" }
        text = text.replacing(/\byesterday_ds(_nodash)?\b/) {
            "ds | add_days(-1)" + ($0.output.1 == nil ? "" : " | ds_nodash")
        }
        text = text.replacing(/\btomorrow_ds(_nodash)?\b/) {
            "ds | add_days(1)" + ($0.output.1 == nil ? "" : " | ds_nodash")
        }
        return text
    }

    /// `params.NAME` and `dag_run.conf.NAME`.
    private static func parameter(_ expression: String) -> String? {
        guard let match = expression.wholeMatch(of: /(?:params|dag_run\.conf)\.([A-Za-z_]\w*)/) else {
            return nil
        }
        return String(match.output.1)
    }

    /// `'{{'` is how Jinja writes two braces.
    private static func quotedText(_ expression: String) -> String? {
        guard expression.count >= 2, let quote = expression.first, quote == "'" || quote == "\"",
            expression.last == quote
        else { return nil }
        let inside = expression.dropFirst().dropLast()
        return inside.contains(quote) || inside.contains("\\") ? nil : String(inside)
    }
}
