import JSONText

extension AirflowTaskTranslation {
    /// Sensors whose condition is in the file. How often and how long they look is not: Airflow writes the fields that
    /// have templates only.
    ///
    /// - Returns: nil for sensors that are not known here.
    mutating func translateSensor() -> Bool? {
        var translation = BashTranslation(parameters: parameters, vocabulary: vocabulary, dag: dagProbe)
        var members: JSONObject
        switch operatorName {
        case "FileSensor":
            guard let path = take("filepath")?.stringValue, let entry = translation.entry(path) else {
                return nil
            }
            members = ["file": .string(entry)]
            if let connection = take("fs_conn_id"), connection != "fs_default" || !path.hasPrefix("/") {
                notes.different(
                    "fs_conn_id", task: id,
                    "\(connection.text()): a relative path is one in the DAG file's folder")
            }
        case "TimeDeltaSensor", "TimeDeltaSensorAsync":
            guard let delay = delay(take("delta")) else { return nil }
            members = ["delay": delay, "delay_from": "data_interval_end"]
        case "DateTimeSensor", "DateTimeSensorAsync":
            guard let instant = take("target_time")?.stringValue,
                let text = AirflowDate.text(.string(instant))
            else { return nil }
            members = ["at": .string(text)]
        case "ExternalTaskSensor":
            guard let run = externalRun() else { return nil }
            members = ["external": .object(run)]
        case "BashSensor":
            guard let text = take("bash_command")?.stringValue else { return nil }
            let command = translation.command(text)
            members = ["command": ShellText.command(command, shell: "bash")]
            if !translation.environment.isEmpty { members["env"] = .object(translation.environment) }
        default: return nil
        }
        members["type"] = "sensor"
        guard translation.failures.isEmpty, vocabulary.hasTask(members, dag: dagProbe) else { return nil }
        json = json.merging(members)
        notes.different(
            "poke_interval", task: id,
            "how often and how long it looks is not in Airflow's file; it is every minute for 7 days",
            advice: "set \"poke_interval\", \"timeout\" and \"soft_fail\" where they were others")
        return true
    }

    private mutating func externalRun() -> JSONObject? {
        guard let target = take("external_dag_id")?.stringValue, JinjaText(target).isPlain,
            task["external_task_group_id"]?.unwrapped.isNothing ?? true
        else { return nil }
        var run: JSONObject = ["dag_id": .string(Names.cleaned(target))]
        let one = take("external_task_id")?.stringValue.map { [$0] }
        let tasks = take("external_task_ids")?.arrayValue?.compactMap(\.stringValue) ?? one ?? []
        guard tasks.allSatisfy({ JinjaText($0).isPlain }) else { return nil }
        if tasks.count == 1 {
            run["task_id"] = .string(Names.cleaned(tasks[0]))
        } else if !tasks.isEmpty {
            run["task_ids"] = .array(tasks.map { .string(Names.cleaned($0)) })
        }
        notes.different(
            "execution_delta", task: id,
            "which run and which states count is not in Airflow's file; it is a success with the same logical date",
            advice: "set \"offset\", \"allowed_states\" and \"failed_states\" where they were others")
        return run
    }

    /// Python's text of a timedelta: `1 day, 2:03:04`.
    private func delay(_ value: JSONValue?) -> JSONValue? {
        guard let text = value?.stringValue else { return DurationValue.json(value) }
        guard let match = text.wholeMatch(of: /(?:(\d+) days?, )?(\d+):(\d+):(\d+(?:\.\d+)?)/),
            let hours = Double(match.output.2), let minutes = Double(match.output.3),
            let seconds = Double(match.output.4)
        else { return nil }
        let days = match.output.1.flatMap { Double($0) } ?? 0
        return DurationValue.json(JSONValue(((days * 24 + hours) * 60 + minutes) * 60 + seconds))
    }
}
