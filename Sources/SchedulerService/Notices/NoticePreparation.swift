import DAGDomain
import JSONText
import StateStore
import TaskExecution

/// Makes what a notice's process needs: its places filled in, and the facts in files and variables, never in a text
/// that a shell reads.
struct NoticePreparation: Sendable {
    /// Why a notice cannot be sent.
    struct Failure: Error {
        let text: String
        /// Trying again changes nothing.
        var isFinal = false
    }

    let settings: ServiceSettings
    let store: StateStore
    let library: DefinitionLibrary
    let values: ValueService

    /// The action that a notice stands for, of the version that its run is pinned to.
    func action(of row: NoticeRow) throws(Failure) -> NoticeAction {
        guard let action = try definition(of: row).dag.action(of: row) else {
            throw Failure(text: "its DAG's version has no such notice", isFinal: true)
        }
        return action
    }

    func specification(of row: NoticeRow, _ files: NoticeFiles) throws(Failure) -> AttemptSpecification {
        let (run, dag) = try definition(of: row)
        guard let action = dag.action(of: row) else {
            throw Failure(text: "its DAG's version has no such notice", isFinal: true)
        }
        let used = TrackedValues(values)
        let message = try message(of: row)
        var facts = facts(of: row, run, dag)
        facts.notice = message
        let rendering = TemplateRendering(
            parameters: try parameters(of: row, run), outputs: [:], facts: facts, values: used)
        let filled = try Self.rendered { () throws(TemplateRendering.Failure) in
            try action.specification.filled { (text) throws(TemplateRendering.Failure) in
                try rendering.value(text)
            }
        }
        var environment = TaskEnvironment.inherited(from: settings.environment)
        let arguments: [String]
        if action.kind == .command {
            for entry in dag.settings.environment {
                environment[entry.name] = try Self.rendered { () throws(TemplateRendering.Failure) in
                    try rendering.text(entry.value)
                }
            }
            environment.merge(variables(of: row, run, message, files)) { _, own in own }
            try write(.object(message), to: files.notice)
            arguments = try command(filled["command"])
        } else {
            var specification = filled.objectValue ?? JSONObject()
            if action.kind == .email { try addServer(to: &specification, used) }
            specification["kind"] = .string(action.kind.rawValue)
            specification["id"] = .string(row.uid)
            specification["notice"] = .object(message)
            specification["timeout_ms"] = .integer(action.timeout.microseconds / 1_000)
            try write(.object(specification), to: files.performance)
            arguments = [settings.programPath, "perform", "notice", files.performance]
        }
        try remember(used.secrets, of: run)
        // What the process limits itself gets a little more time to say so.
        let timeout = action.kind == .command ? action.timeout : action.timeout + .seconds(5)
        return AttemptSpecification(
            id: files.attempt, arguments: arguments, environment: environment,
            workingDirectory: action.kind == .command ? dag.folder : "/", logPath: files.log,
            executionTimeout: timeout, logLimitBytes: NoticeFiles.logLimitBytes)
    }

    /// A text that nobody may see a secret in.
    func masked(_ text: String, of row: NoticeRow) -> String {
        guard let masker = try? values.masker(for: row.notice.run) else { return "" }
        return masker.masked(text)
    }

    // MARK: Parts

    private func definition(of row: NoticeRow) throws(Failure) -> (run: DAGRun, dag: DAG) {
        do { return try library.run(row.notice.run) } catch {
            throw Failure(text: "its run cannot be read back: \(error)")
        }
    }

    private func facts(of row: NoticeRow, _ run: DAGRun, _ dag: DAG) -> TemplateFacts {
        TemplateFacts(
            run: run, dag: dag, task: row.taskID ?? TaskID(""),
            mapIndex: row.notice.instance?.mapIndex ?? -1,
            tryNumber: Int(row.notice.facts["try_number"]?.intValue ?? 0),
            previousSuccess: store.previousSuccess(of: run))
    }

    private func parameters(of row: NoticeRow, _ run: DAGRun) throws(Failure) -> JSONObject {
        guard let key = row.notice.instance, key.mapIndex >= 0 else { return run.parameters }
        do { return run.parameters.merging(try store.mappedParameters(of: key)) } catch {
            throw Failure(text: "the params of the mapped instance cannot be read: \(error)")
        }
    }

    /// The facts as they are told, without secrets.
    private func message(of row: NoticeRow) throws(Failure) -> JSONObject {
        do throws(ValueError) {
            var message: JSONObject = ["id": .string(row.uid)]
            message = message.merging(row.notice.facts)
            return try values.masker(for: row.notice.run).masked(message)
        } catch {
            throw Failure(text: error.sentence)
        }
    }

    private func variables(
        of row: NoticeRow, _ run: DAGRun, _ message: JSONObject, _ files: NoticeFiles
    ) -> [String: String] {
        var variables = TaskEnvironment.identity(
            run: run, task: row.taskID ?? TaskID(""), mapIndex: row.notice.instance?.mapIndex ?? -1,
            tryNumber: Int(row.notice.facts["try_number"]?.intValue ?? 0))
        variables["CUDA_VISIBLE_DEVICES"] = nil
        variables["ORCHESTRATOR_NOTICE"] = files.notice
        for (name, key) in Self.variables {
            let value = message[key] ?? .null
            let text = value.isNull ? "" : value.stringValue ?? value.text()
            variables["ORCHESTRATOR_NOTICE_" + name] = text.replacing("\0", with: "")
        }
        return variables
    }

    private static let variables = [
        ("ID", "id"), ("EVENT", "event"), ("AT", "at"), ("STATE", "state"), ("REASON", "reason"),
        ("TEXT", "text"),
    ]

    private func command(_ value: JSONValue?) throws(Failure) -> [String] {
        if let text = value?.stringValue { return ["/bin/sh", "-c", text] }
        let arguments = (value?.arrayValue ?? []).map { $0.stringValue ?? $0.text() }
        guard let program = arguments.first, !program.isEmpty else {
            throw Failure(text: "the command names no program", isFinal: true)
        }
        return arguments
    }

    /// Puts the mail server in the place of the connection's id.
    private func addServer(to specification: inout JSONObject, _ values: TrackedValues) throws(Failure) {
        let id = specification["connection"]?.stringValue ?? "smtp_default"
        let found: Connection?
        do throws(ValueError) { found = try values.connection(id) } catch {
            throw Failure(text: error.sentence)
        }
        guard let connection = found else {
            throw Failure(
                text: "there is no connection `\(id)`; orchestrator connections set \(id) makes it")
        }
        guard connection.type == "smtp" else {
            throw Failure(
                text: "the connection `\(id)` is of type \(connection.type), not smtp", isFinal: true)
        }
        specification["server"] = .object(connection.json)
    }

    private func remember(_ secrets: Set<String>, of run: DAGRun) throws(Failure) {
        do throws(ValueError) { try values.record(secrets, of: run.number) } catch {
            throw Failure(text: error.sentence)
        }
        // A finished run has been let go of already.
        if run.state.isFinished { values.forget(run.number) }
    }

    private func write(_ value: JSONValue, to path: String) throws(Failure) {
        do throws(SmallFile.Failure) { try SmallFile.write(value.text() + "\n", to: path) } catch {
            throw Failure(text: "\(path) cannot be written: \(error)")
        }
    }

    private static func rendered<Value>(
        _ body: () throws(TemplateRendering.Failure) -> Value
    ) throws(Failure) -> Value {
        do { return try body() } catch { throw Failure(text: error.text) }
    }
}

extension DAG {
    fileprivate func action(of row: NoticeRow) -> NoticeAction? {
        let task = row.notice.instance?.task
        if let task, !tasks.indices.contains(task) { return nil }
        return action(of: row.notice.occasion, task: task, position: row.notice.position)
    }
}
