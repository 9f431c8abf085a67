import ArgumentParser
import DAGDomain
import Glibc
import JSONText
import SchedulerService
import Synchronization

/// `tasks test`
struct TasksTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run one task alone in the foreground. Exit 0 if it is a success, 1 if not.",
        discussion: """
            The task gets its real environment, values filled in and a folder of its own, waits for nothing and is
            not retried. Nothing is recorded. What it prints goes to standard output as it comes, the result to
            standard error.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var preview: TaskPreviewOptions

    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Argument(help: ArgumentHelp("The task's id.", valueName: "task"))
    var task: String

    func run() async throws {
        let invocation = try Invocation(global)
        let body = try preview.body()
        let shim = ShimLocation.path(chosen: invocation.configuration.path(.shim))
        guard access(shim, X_OK) == 0 else { throw HostError.supervisorMissing(path: shim) }
        let answer = try await invocation.withAPI(.records) { client in
            try await client.post(["api", "v1", "dags", dag, "tasks", task, "trial"], body: body)
        }
        guard let plan = TrialPlan(answer) else {
            throw CommandFailure(.ownFault, "the answer of the daemon is not a plan for a trial")
        }
        let result = try await perform(plan, shim, invocation.output)
        try show(result, invocation.output)
        if !result.succeeded { throw CommandFailure.silent(.failed) }
    }

    private func perform(
        _ plan: TrialPlan, _ shim: String, _ output: Output
    ) async throws -> TaskTrial.Result {
        do {
            let trial = try TaskTrial(plan: plan, shimPath: shim)
            let watcher = SignalWatcher([SIGINT, SIGTERM]) { _, _ in trial.terminate() }
            defer { withExtendedLifetime(watcher) {} }
            // With JSON the result alone goes to standard output.
            let terminal = output.format == .json ? output.messages : output.results
            let printer = TrialPrinter(terminal, hiding: plan.secrets)
            var result = try await trial.run { printer.write($0) }
            printer.finish()
            let masker = SecretMasker(secrets: plan.secrets)
            result.sentence = masker.masked(result.sentence)
            result.outputs = result.outputs.map { TaskOutput(name: $0.name, value: masker.masked($0.value)) }
            return result
        } catch let failure as TaskTrial.Failure {
            throw CommandFailure(.inputOutput, failure.text)
        }
    }

    private func show(_ result: TaskTrial.Result, _ output: Output) throws(CommandFailure) {
        let outputs = JSONObject(result.outputs.map { ($0.name, $0.value) })
        if output.format == .json {
            let metrics = JSONObject(result.metrics.map { ($0.name, JSONValue($0.value) ?? nil) })
            return try output.show(
                json: [
                    "dag_id": .string(dag), "task_id": .string(task),
                    "state": .string(result.state), "message": .string(result.sentence),
                    "outputs": .object(outputs), "metrics": .object(metrics),
                ])
        }
        for (name, value) in outputs { output.say("output \(name) = \(value.text())".withoutControls) }
        for metric in result.metrics { output.say("metric \(metric.name) = \(metric.value)") }
        output.say(result.sentence.withoutControls)
    }
}

/// Writes what a task prints, piece by piece; only one thread at a time gives them.
private final class TrialPrinter: Sendable {
    private let terminal: Terminal
    private let state: Mutex<(masking: SecretMaskingStream, filter: LogFilter)>

    init(_ terminal: Terminal, hiding secrets: [String]) {
        self.terminal = terminal
        state = Mutex(
            (
                SecretMaskingStream(SecretMasker(secrets: secrets)),
                LogFilter(isForTerminal: terminal.isInteractive)
            ))
    }

    func write(_ piece: [UInt8]) {
        show(state.withLock { state in state.filter.take(state.masking.take(piece)) })
    }

    /// Shows what was held back because it might have been the beginning of a secret.
    func finish() {
        show(state.withLock { state in state.filter.take(state.masking.finish()) })
    }

    /// A reader that went away is no reason to end the task.
    private func show(_ bytes: [UInt8]) {
        try? terminal.write(bytes: bytes)
    }
}

extension TrialPlan {
    /// Nil when the answer has another shape.
    fileprivate init?(_ answer: JSONValue) {
        guard let path = answer["path"]?.stringValue, let task = answer["task_id"]?.stringValue,
            let folder = answer["working_directory"]?.stringValue,
            let environment = answer["env"]?.objectValue
        else { return nil }
        self.init(
            dagPath: path, taskID: TaskID(task),
            arguments: answer["arguments"]?.arrayValue?.compactMap(\.stringValue),
            performance: answer["perform"].flatMap(TaskPerformance.init),
            environment: Dictionary(
                environment.map { ($0.key, $0.value.stringValue ?? "") }, uniquingKeysWith: { $1 }),
            workingDirectory: folder, parameters: answer["params"]?.objectValue ?? [:],
            secrets: answer["secrets"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        links = (answer["links"]?.arrayValue ?? []).map { link in
            let text = { (key: String) in link[key]?.stringValue ?? "" }
            return ModelLink(
                variable: text("variable"), folder: text("folder"), name: text("name"), target: text("target")
            )
        }
        skipReason = answer["skip_reason"]?.stringValue
    }
}
