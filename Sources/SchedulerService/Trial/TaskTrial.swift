import DAGDomain
import DAGLoading
import Foundation
import Glibc
import JSONText
import LifecycleCore
import SchedulerCore
import Synchronization
import TaskExecution

/// Runs one task alone, in a folder of its own that is removed afterwards; nothing is recorded.
///
/// It is the same supervisor, environment and reading of outputs as in a run; what is not there are the run, its
/// upstreams, slots and retries.
package final class TaskTrial: Sendable {
    /// How a trial ended.
    package struct Result: Sendable {
        /// `success`, `skipped` or `failed`
        package var state: String
        /// What happened, for a person.
        package var sentence: String
        package var outputs: [TaskOutput]
        package var metrics: [Metric]

        package var succeeded: Bool { state != "failed" }
    }

    /// Why a trial could not be made.
    package struct Failure: Error, Sendable {
        package let text: String
    }

    private let plan: TrialPlan
    private let dag: DAG
    private let task: TaskDefinition
    private let shimPath: String
    private let folder: TrialFolder
    private let attempt = AttemptID(UUID().uuidString.lowercased())
    private let executor: Mutex<LocalExecutor?>

    /// - Parameter plan: what the holder of the home said; the DAG file is read again here.
    package init(plan: TrialPlan, shimPath: String) throws(Failure) {
        let file = DAGFolderScan().loadFile(plan.dagPath)
        guard let dag = file.dag, let index = dag.index(of: plan.taskID) else {
            throw Failure(text: "\(plan.dagPath) cannot be read any more, or has no such task")
        }
        self.plan = plan
        self.dag = dag
        task = dag.tasks[index]
        self.shimPath = shimPath
        folder = try TrialFolder()
        executor = Mutex(nil)
    }

    /// Ends the task: TERM, and KILL after its grace.
    package func terminate() {
        executor.withLock { $0 }?.terminate(attempt)
    }

    /// Starts the task and waits for its end.
    ///
    /// - Parameter onOutput: told every piece of what the task prints, in order, from one thread at a time.
    package func run(onOutput: @escaping @Sendable ([UInt8]) -> Void) async throws -> Result {
        defer { folder.remove() }
        if let reason = plan.skipReason {
            return Result(state: "skipped", sentence: "skipped: \(reason)", outputs: [], metrics: [])
        }
        guard let arguments = try arguments() else {
            return Result(
                state: "success", sentence: "the task starts no program", outputs: [], metrics: [])
        }
        try folder.write(plan.parameters.text() + "\n", to: folder.parameters)
        try folder.write(emptyInputs.text() + "\n", to: folder.inputs)
        let tail = try LogTail(path: folder.log, onOutput: onOutput)
        let (events, event) = AsyncStream.makeStream(of: AttemptEvent.self)
        let executor = try LocalExecutor(
            runtimeDirectory: folder.path + "/runtime", shimPath: shimPath, onEvent: { event.yield($0) })
        self.executor.withLock { $0 = executor }
        executor.start(try specification(arguments))
        let end = await Self.end(events)
        self.executor.withLock { $0 = nil }
        executor.shutdown()
        tail.finish()
        switch end {
        case .success(let end): return result(of: end)
        case .failure(let failure): throw failure
        }
    }

    /// The program to start; a specification for this one is written beside the other files.
    private func arguments() throws(Failure) -> [String]? {
        guard let performance = plan.performance else { return plan.arguments }
        try folder.write(performance.specification.text() + "\n", to: folder.performance)
        return performance.arguments(program: TaskPerformance.ownProgram, file: folder.performance)
    }

    private static func end(
        _ events: AsyncStream<AttemptEvent>
    ) async -> Swift.Result<AttemptEnd, Failure> {
        for await event in events {
            switch event {
            case .started: continue
            case .ended(_, let end): return .success(end)
            case .spawnFailed(_, let failure): return .failure(Failure(text: failure.message))
            case .neverStarted: return .failure(Failure(text: "the supervisor did not start"))
            }
        }
        return .failure(Failure(text: "the supervisor did not start"))
    }

    private func specification(_ arguments: [String]) throws(Failure) -> AttemptSpecification {
        var environment = plan.environment
        for link in plan.links {
            do throws(ModelLink.Failure) { environment[link.variable] = try link.make(in: folder.path) } catch
            {
                throw Failure(text: error.text)
            }
        }
        environment["ORCHESTRATOR_ATTEMPT_ID"] = attempt.text
        environment["ORCHESTRATOR_PARAMS"] = folder.parameters
        environment["ORCHESTRATOR_INPUTS"] = folder.inputs
        environment["ORCHESTRATOR_OUTPUT"] = folder.output
        environment["ORCHESTRATOR_METRICS"] = folder.metrics
        environment["ORCHESTRATOR_ARTIFACTS"] = folder.artifacts
        if !task.outlets.isEmpty || task.lateAssets.updatesAny {
            environment["ORCHESTRATOR_OUTLETS"] = folder.outlets
        }
        environment["ORCHESTRATOR_CHECKPOINTS"] = folder.checkpoints
        return AttemptSpecification(
            id: attempt, arguments: arguments, environment: environment,
            workingDirectory: plan.workingDirectory, logPath: folder.log,
            executionTimeout: task.executionTimeout, terminationGrace: task.terminationGrace,
            directoriesToCreate: [folder.artifacts, folder.checkpoints],
            keepsLeftovers: task.leftover == .keep)
    }

    /// Every upstream with nothing in it.
    private var emptyInputs: JSONValue {
        .object(JSONObject(task.dependsOn.map { ($0.text, .object(JSONObject())) }))
    }

    // MARK: The end

    private func result(of end: AttemptEnd) -> Result {
        let outcome = AttemptOutcome(end.outcome)
        let (outputs, outputProblem) = AttemptCollection.outputs(at: folder.output)
        let (metrics, metricProblem) = AttemptCollection.metrics(at: folder.metrics)
        let took = end.startedAt.flatMap { start in end.endedAt.map { DurationText.describe($0 - start) } }
        let ending = Self.sentence(outcome) + (took.map { " after \($0)" } ?? "")
        switch outcome {
        case .exited(0):
            let problem =
                outputProblem ?? metricProblem ?? missing(outputs)
                ?? AttemptCollection.checkProblem(task, performance: folder.performance)
                ?? gateProblem(metrics)
            return Result(
                state: problem == nil ? "success" : "failed",
                sentence: problem.map { "failed: \($0)" } ?? "success: \(ending)", outputs: outputs,
                metrics: metrics)
        case .exited(99):
            return Result(
                state: "skipped", sentence: "skipped: \(ending)", outputs: outputs, metrics: metrics)
        default:
            return Result(
                state: "failed", sentence: "failed: \(ending)", outputs: outputs, metrics: metrics)
        }
    }

    private static func sentence(_ outcome: AttemptOutcome) -> String {
        switch outcome {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "ended by signal \(signal)"
        case .timedOut: "its execution_timeout has passed"
        case .terminated: "it was ended"
        case .notStarted(_, let text): text
        case .lost(let text): text
        case .nothingToDo(let text): text
        case .cached: "it was served from the cache"
        }
    }

    private func missing(_ outputs: [TaskOutput]) -> String? {
        let written = Set(outputs.map(\.name))
        let names = task.outputs?.filter { !written.contains($0) } ?? []
        if !names.isEmpty {
            return "the task promises the outputs \(names.joined(separator: ", ")) but did not write "
                + "them to $ORCHESTRATOR_OUTPUT"
        }
        let absent = task.artifacts.first { access("\(folder.artifacts)/\($0.path)", F_OK) != 0 }
        return absent.map {
            "the task promises the artifact `\($0.name)` but left no file `\($0.path)` in "
                + "$ORCHESTRATOR_ARTIFACTS"
        }
    }

    private func gateProblem(_ metrics: [Metric]) -> String? {
        guard let gate = task.wholeGate else { return nil }
        let verdict = GateEvaluation.verdict(of: gate, metrics: metrics)
        guard !verdict.passed, gate.onFailure == .fail else { return nil }
        return "the gate does not hold: \(verdict.failures)"
    }
}
