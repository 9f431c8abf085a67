import JSONText

extension AirflowTaskTranslation {
    /// What the task runs.
    ///
    /// - Returns: whether it runs the same as in Airflow; otherwise it is a `noop` and a note says so.
    mutating func translateWork() -> Bool {
        if isMapped { return translateMapped() }
        switch operatorName {
        case "EmptyOperator", "DummyOperator":
            json["type"] = "noop"
            return true
        case "BashOperator": return translateBash()
        case "TriggerDagRunOperator": return translateTrigger()
        case "LatestOnlyOperator": return translateLatestOnly()
        default:
            if let isTranslated = translateSensor() { return isTranslated }
            return leaveEmpty(
                "task_type", "\(operatorName) runs nothing here", advice: Self.advice(for: operatorName))
        }
    }

    private static func advice(for operatorName: String) -> String {
        switch operatorName {
        case "BranchPythonOperator", "_BranchPythonDecoratedOperator", "BranchDayOfWeekOperator",
            "BranchDateTimeOperator":
            "let a command decide (\"type\": \"branch\", docs/dag-file.md); as it is, all branches are followed"
        case "ShortCircuitOperator", "_ShortCircuitDecoratedOperator":
            "let a command decide (\"type\": \"short_circuit\", docs/dag-file.md); as it is, what is below runs"
        case let name where name.contains("Python") || name.hasPrefix("_"):
            "put the function into a program and name it in \"command\""
        case let name where name.hasSuffix("Sensor"): "wait in a command, with an \"execution_timeout\""
        case let name where name.contains("Email"): "send the mail from a command"
        case let name where name.contains("SQL") || name.contains("Sql"):
            "run the statement with the database's own program in \"command\""
        case let name where name.contains("Http") || name.contains("HTTP"): "use curl in \"command\""
        case let name where name.contains("Docker") || name.contains("Pod"):
            "run the container with podman or docker in \"command\""
        default: "do its work in a program and name it in \"command\""
        }
    }

    private mutating func translateBash() -> Bool {
        let text = take("bash_command")?.stringValue ?? ""
        for key in ["append_env", "output_encoding", "skip_on_exit_code"] { _ = take(key) }
        var translation = BashTranslation(parameters: parameters, vocabulary: vocabulary, dag: dagProbe)
        if isFile(text) {
            json["command"] = ["bash", .string(ShellText.literal(text))]
            notes.different(
                "bash_command", task: id,
                "Airflow fills in templates inside \(text); here the file runs as it is",
                advice: "use the variables a task sees (docs/dag-file.md)")
        } else {
            json["command"] = ShellText.command(translation.command(text), shell: "bash")
        }
        var environment = JSONObject()
        for (name, value) in take("env")?.objectValue ?? [:] {
            let text = value.stringValue ?? value.text()
            if let entry = translation.entry(text) { environment[name] = .string(entry) }
        }
        environment = translation.environment.merging(environment)
        if !environment.isEmpty { json["env"] = .object(environment) }
        readFolder(&translation)
        guard translation.failures.isEmpty else { return leaveEmpty(translation, "bash_command") }
        guard environment.isEmpty || vocabulary.hasTask(["env": .object(environment)], dag: dagProbe) else {
            return leaveEmpty("env", environment.text(), advice: "names are letters, digits and _")
        }
        return true
    }

    /// Jinja loads texts with these endings from files.
    private func isFile(_ text: String) -> Bool {
        (text.hasSuffix(".sh") || text.hasSuffix(".bash")) && JinjaText(text).isPlain
    }

    private mutating func readFolder(_ translation: inout BashTranslation) {
        guard let folder = take("cwd")?.stringValue, !folder.isEmpty else { return }
        if JinjaText(folder).isPlain {
            json["cwd"] = .string(folder)
        } else {
            notes.untranslated("cwd", task: id, folder, advice: "use cd in the command, with a variable")
        }
    }

    private mutating func leaveEmpty(_ translation: BashTranslation, _ key: String) -> Bool {
        for failure in translation.failures.dropFirst() {
            notes.untranslated(key, task: id, failure.expression, advice: failure.advice)
        }
        guard let first = translation.failures.first else { return true }
        return leaveEmpty(key, first.expression, advice: first.advice)
    }

    private mutating func translateTrigger() -> Bool {
        let target = take("trigger_dag_id")?.stringValue ?? ""
        guard !target.isEmpty, JinjaText(target).isPlain else {
            return leaveEmpty("trigger_dag_id", target, advice: "name the DAG in \"trigger_dag\"")
        }
        var translation = BashTranslation(parameters: parameters, vocabulary: vocabulary, dag: dagProbe)
        var order: JSONObject = ["dag_id": .string(Names.cleaned(target))]
        var params = JSONObject()
        for (name, value) in take("conf")?.objectValue ?? [:] {
            guard let text = value.stringValue else {
                params[name] = value
                continue
            }
            if let entry = translation.entry(text) { params[name] = .string(entry) }
        }
        if !params.isEmpty { order["params"] = .object(params) }
        json["type"] = "trigger_dag"
        guard translation.failures.isEmpty else { return leaveEmpty(translation, "conf") }
        if take("wait_for_completion") == true {
            let waiting = order.merging(["wait": true])
            if isAccepted(waiting) {
                order = waiting
            } else {
                notes.untranslated(
                    "wait_for_completion", task: id, "the task ends when the run was requested",
                    advice: "`orchestrator trigger \(target) --wait` in a command waits for it")
            }
        }
        guard isAccepted(order) else {
            return leaveEmpty("conf", params.text(), advice: "names of params are letters, digits and _")
        }
        json["trigger_dag"] = .object(order)
        if take("logical_date") == "NOTSET" {
        } else if let date = task["logical_date"]?.unwrapped, !date.isNothing {
            notes.untranslated("logical_date", task: id, date.text())
        }
        return true
    }

    private func isAccepted(_ order: JSONObject) -> Bool {
        vocabulary.hasTask(["type": "trigger_dag", "trigger_dag": .object(order)], dag: dagProbe)
    }

    private mutating func translateLatestOnly() -> Bool {
        guard vocabulary.hasTask(["type": "latest_only"]) else {
            return leaveEmpty(
                "task_type", "LatestOnlyOperator runs nothing here, so older runs go on below it",
                advice: "with \"catchup\": false there are no older runs")
        }
        json["type"] = "latest_only"
        return true
    }

    /// Lists that are known beforehand, over the command of a shell task.
    private mutating func translateMapped() -> Bool {
        let input = task["expand_input"]?["value"]?.unwrapped
        let commands = input?["bash_command"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let isSimple =
            operatorName == "BashOperator" && input?.objectValue?.count == 1 && !commands.isEmpty
            && commands.count == input?["bash_command"]?.arrayValue?.count
            && commands.allSatisfy { JinjaText($0).isPlain && !isFile($0) }
        let mapping: JSONObject = [
            "command": ["bash", "-c", "{{ params.bash_command }}"],
            "expand": ["bash_command": .array(commands.map(JSONValue.string))],
        ]
        guard isSimple, vocabulary.hasTask(mapping) else {
            return leaveEmpty(
                "expand_input", "\(operatorName) mapped over \(input?.text().prefix(200) ?? "values")",
                advice: "write one task for each value, or a loop in one command")
        }
        json = json.merging(mapping)
        return true
    }
}
