import DAGDomain
import Glibc
import JSONText
import LifecycleCore
import SchedulerCore
import SchedulerService

/// Brings a version of a model into service: calls the task's command for each step, looks whether the service works, and
/// puts the version before into service again when it does not.
///
/// It is the attempt's own process, so that a daemon that is killed meanwhile changes nothing: the next one finds it at
/// work, or its end. The alias moves in the same transaction as that end.
final class DeployPerformance {
    /// Why the new version does not stay in service.
    enum Problem: Error {
        /// The command, the service or the gate.
        case failed(String)
        /// Somebody has moved the alias meanwhile.
        case overtaken(String, by: DeployedVersion)
        /// The command said that there was nothing to do, before anything was done.
        case skipped

        var text: String {
            switch self {
            case .failed(let text), .overtaken(let text, _): text
            case .skipped: "the command skipped itself"
            }
        }
    }

    /// By which a command says that there is nothing to do.
    static let skipCode: Int32 = 99

    let plan: DeploySpecification
    let children = SupervisedChild()
    let variables: [String: String]
    private let file: String
    private let report = PerformanceReport()
    private var lock: Int32 = -1
    /// Bytes in the file of outputs before the command was called last.
    private var outputsBefore = 0

    init(_ specification: JSONValue, file: String, environment: [String: String]) throws(CommandFailure) {
        plan = DeploySpecification(specification)
        self.file = file
        variables = environment
        guard plan.work != nil || !plan.arguments.isEmpty else {
            throw CommandFailure(.badData, "\(file) is not what the scheduler wrote: nothing to run")
        }
    }

    var model: String { variables["ORCHESTRATOR_MODEL_NAME"] ?? "" }
    var version: String { variables["ORCHESTRATOR_MODEL_VERSION"] ?? "" }

    /// What the alias pointed to when the attempt began.
    var previous: DeployedVersion {
        DeployedVersion(
            number: variables["ORCHESTRATOR_PREVIOUS_VERSION"] ?? "",
            path: variables["ORCHESTRATOR_PREVIOUS_PATH"] ?? "")
    }

    // MARK: The way there

    /// - Returns: the exit code of the attempt. Of what went wrong and was undone, files tell.
    func deploy() async throws -> Int32 {
        guard try takeLock() else { return 0 }
        do throws(Problem) {
            for index in plan.steps.indices { try step(index) }
            try await checkAlias()
        } catch {
            return try settle(error)
        }
        let steps = plan.steps.count == 1 ? "1 step" : "\(plan.steps.count) steps"
        report.say("\(model)@\(version) is in service")
        try write(.healthy, "\(plan.health == nil ? "done" : "healthy") after \(steps)")
        return 0
    }

    private func settle(_ problem: Problem) throws(CommandFailure) -> Int32 {
        if case .skipped = problem {
            try write(.failed, "the command ended with exit code \(Self.skipCode): there was nothing to do")
            return Self.skipCode
        }
        report.say("failed: \(problem.text)")
        try write(.failed, "\(problem.text); ended while it was undone")
        var target = previous
        if case .overtaken(_, let now) = problem { target = now }
        let (isUndone, text) = undo(to: target)
        report.say(text)
        let sentence = "\(problem.text); \(text)"
        if case .overtaken = problem {
            try write(isUndone ? .rolledBack : .failed, sentence, isOvertaken: true)
        } else {
            try write(isUndone ? .rolledBack : .failed, sentence)
            try refuse(sentence)
        }
        return 0
    }

    /// One deployment of a model at a time: of two, the second fails at once and says why.
    private func takeLock() throws(CommandFailure) -> Bool {
        lock = open(plan.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .inputOutput("cannot open \(plan.lockFile)", errno) }
        let who = [
            "ORCHESTRATOR_DAG_ID", "ORCHESTRATOR_RUN_ID", "ORCHESTRATOR_TASK_ID",
        ].compactMap { variables[$0] }.joined(separator: " ")
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? FileAccess.readIfPresent(plan.lockFile)).flatMap { $0 } ?? []
            let text =
                "another deployment of `\(model)` is under way: "
                + String(decoding: holder.prefix(1_000), as: UTF8.self)
            report.say(text)
            try refuse(text)
            try write(.failed, text)
            return false
        }
        ftruncate(lock, 0)
        let bytes = Array(who.utf8)
        _ = bytes.withUnsafeBytes { pwrite(lock, $0.baseAddress, $0.count, 0) }
        return true
    }

    private func step(_ index: Int) throws(Problem) {
        let step = plan.steps[index]
        let name = "step \(index + 1) of \(plan.steps.count) (\(step.percent) %)"
        tell(.failed, "ended during \(name); nothing was undone")
        report.say("\(plan.strategy.rawValue) of \(model)@\(version): \(name)")
        let known = plan.strategy == .canary ? metrics()?.count ?? 0 : 0
        let end = command(own: true, variables(step: index, "deploy"))
        if index == 0, end == .exited(Self.skipCode) { throw .skipped }
        guard end.isGood else { throw .failed("\(name): the command \(end.sentence)") }
        if children.isEnding(within: step.wait) { throw .failed("\(name): the task was told to end") }
        if let problem = healthProblem(variables(step: index, "deploy")) {
            throw .failed("\(name): \(problem)")
        }
        if let problem = gateProblem(ignoring: known) { throw .failed("\(name): \(problem)") }
    }

    func variables(step index: Int, _ phase: String) -> [String: String] {
        variables.merging(
            [
                "ORCHESTRATOR_DEPLOY_STRATEGY": plan.strategy.rawValue,
                "ORCHESTRATOR_DEPLOY_PHASE": phase, "ORCHESTRATOR_DEPLOY_STEP": "\(index + 1)",
                "ORCHESTRATOR_DEPLOY_STEPS": "\(plan.steps.count)",
                "ORCHESTRATOR_DEPLOY_PERCENT": "\(plan.steps[index].percent)",
            ]) { _, new in new }
    }

    /// Calls the task's own command, or the one that its rollback names.
    func command(own isOwn: Bool, _ variables: [String: String]) -> SupervisedChild.End {
        outputsBefore = outputs().count
        if !isOwn { return children.run(plan.rollback ?? [], variables) }
        guard let work = plan.work else { return children.run(plan.arguments, variables) }
        return perform(work, variables, limit: nil)
    }

    /// Work that this program does itself, in a process of its own.
    private func perform(
        _ work: JSONValue, _ variables: [String: String], limit: Duration?
    ) -> SupervisedChild.End {
        let place = TaskPerformance.workFile(beside: file)
        let kind = work["kind"]?.stringValue ?? ""
        unlink(place)
        do throws(CommandFailure) {
            try FileAccess.create(place, text: work["specification"]?.text() ?? "", mode: 0o600)
        } catch {
            return .notStarted(error.messages.joined(separator: "; "))
        }
        defer { unlink(place) }
        return children.run([TaskPerformance.ownProgram, "perform", kind, place], variables, limit: limit)
    }

    /// Looks whether somebody has moved the alias meanwhile. The scheduler looks once more, in the transaction that moves it;
    /// but only here is somebody left who can undo what was done. Without a daemon that answers nobody knows.
    private func checkAlias() async throws(Problem) {
        guard let now = await DeployedVersion.current(for: self), now.number != previous.number else {
            return
        }
        throw .overtaken(
            "the alias `\(plan.alias)` of `\(model)` moved from \(previous.name) to \(now.name) while the task ran",
            by: now)
    }

    // MARK: Health

    /// Nil when the service works, or nobody said how to tell.
    func healthProblem(_ variables: [String: String]) -> String? {
        guard let health = plan.health else { return nil }
        var variables = variables
        variables["ORCHESTRATOR_DEPLOY_PHASE"] = "health"
        var outside = variables
        // What a look finds is no output of the task.
        outside["ORCHESTRATOR_OUTPUT"] = nil
        var request = health.request
        if let name = health.urlOutput {
            guard
                let url = DeploySpecification.output(name, in: Array(outputs().dropFirst(outputsBefore)))?
                    .stringValue
            else { return "not known to be healthy: the command wrote no output `\(name)` with the URL" }
            request = request.map { Self.request($0, to: url) }
        }
        let name = request.map(Self.name) ?? "the health command"
        let end = health.deadline.map { ContinuousClock.now + $0 }
        var looks = 0
        while true {
            let left = end.map { max($0 - ContinuousClock.now, .milliseconds(1)) }
            let found: SupervisedChild.End
            if let request {
                // The request has its own limit; this one is for a process that is stuck.
                let limit = health.timeout + .seconds(5)
                found = perform(request, outside, limit: left.map { min($0, limit) } ?? limit)
            } else {
                let limit = left.map { min($0, health.timeout) } ?? health.timeout
                found = children.run(health.arguments, variables, limit: limit)
            }
            looks += 1
            if found.isGood { return nil }
            let isLate = end.map { ContinuousClock.now >= $0 } ?? false
            if looks > health.retries || isLate {
                let times = looks == 1 ? "1 look" : "\(looks) looks"
                let isRefused = request != nil && found == .exited(ExitStatus.failed.rawValue)
                return "not healthy after \(times): \(name) "
                    + (isRefused ? "was not answered as expected" : found.sentence)
            }
            if children.isEnding(within: health.interval) { return "the task was told to end" }
        }
    }

    private static func request(_ request: JSONValue, to url: String) -> JSONValue {
        var whole = request.objectValue ?? JSONObject()
        var specification = whole["specification"]?.objectValue ?? JSONObject()
        specification["url"] = .string(url)
        whole["specification"] = .object(specification)
        return .object(whole)
    }

    /// For a message.
    private static func name(of request: JSONValue) -> String {
        "the request to \(request["specification"]?["url"]?.stringValue ?? "")"
    }

    /// What the task wrote as outputs by now.
    private func outputs() -> [UInt8] {
        guard let path = variables["ORCHESTRATOR_OUTPUT"] else { return [] }
        return (try? FileAccess.readIfPresent(path)).flatMap { $0 } ?? []
    }

    // MARK: Gate

    /// What was reported by now; nil when a line is none.
    private func metrics() -> [Metric]? {
        guard let path = variables["ORCHESTRATOR_METRICS"] else { return [] }
        let bytes = (try? FileAccess.readIfPresent(path)).flatMap { $0 } ?? []
        return DeploySpecification.metrics(bytes)
    }

    /// - Parameter known: metrics of earlier steps, which say nothing of this one.
    private func gateProblem(ignoring known: Int) -> String? {
        guard let gate = plan.gate else { return nil }
        guard let metrics = metrics() else { return "a line of the metrics file is not NAME=NUMBER" }
        let verdict = GateEvaluation.verdict(of: gate, metrics: Array(metrics.dropFirst(known)))
        guard !verdict.passed else { return nil }
        let failed = verdict.lines.filter { !$0.holds && $0.condition.severity == .error }
        return "the gate does not hold: \(failed.map(\.sentence).joined(separator: ", "))"
    }

    // MARK: Records

    private func write(
        _ state: Deployment.State, _ detail: String, isOvertaken: Bool = false
    ) throws(CommandFailure) {
        let result = DeployResult(state: state, detail: detail, isOvertaken: isOvertaken)
        try FileAccess.replace(DeployResult.file(beside: file), text: result.json.text())
    }

    /// What is to be known if this process is killed. Not written, it is only less.
    private func tell(_ state: Deployment.State, _ detail: String) {
        do throws(CommandFailure) { try write(state, detail) } catch {
            report.say("how far it has come cannot be noted: \(error.messages.joined(separator: "; "))")
        }
    }

    /// Lets the attempt fail and say why.
    private func refuse(_ text: String) throws(CommandFailure) {
        try FileAccess.replace(TaskPerformance.problemFile(beside: file), text: text)
    }
}
