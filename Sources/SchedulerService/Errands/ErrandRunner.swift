import DAGDomain
import Dispatch
import Glibc
import JSONText
import Synchronization
import TaskExecution

/// Has this program do something in a process of its own (`orchestrator perform KIND`), one at a time, beside the
/// scheduler: what reads files that nobody trusts, or speaks to a server that may hang, can then hurt nothing else.
///
/// An errand can be repeated: what a stop of the daemon leaves is given up, and the next daemon begins anew.
final class ErrandRunner: Sendable {
    /// What became of an errand.
    enum Ending: Sendable {
        case done
        /// - Parameter isFinal: trying again changes nothing.
        case failed(String, isFinal: Bool)
        /// It was not done, and that says nothing about it.
        case notRun(String)
    }

    /// What is to be done.
    struct Errand: Sendable {
        let kind: String
        /// Written into a file whose path is the argument; with `result`, the path of a file for the answer.
        var specification: JSONObject
        let timeout: Duration
        /// - Parameter result: the answer, when there is one.
        let ended: @Sendable (_ ending: Ending, _ result: [UInt8]?) -> Void
    }

    private struct State {
        var waiting: [Errand] = []
        var current: (attempt: AttemptID, errand: Errand, file: String, log: String)?
        var executor: LocalExecutor?
        var number = 0
        var isStopped = false
    }

    private let settings: ServiceSettings
    private let name: String
    let queue: DispatchQueue
    private let state = Mutex(State())
    private let working = DispatchGroup()

    private static let resultLimit = 64 << 20
    private static let logLimit: UInt64 = 16 * 1024
    /// Exit codes after which trying again changes nothing.
    private static let finalCodes: Set<Int32> = [65, 66, 78]

    /// - Parameter name: of a folder beside the control files of tasks.
    init(settings: ServiceSettings, name: String) {
        self.settings = settings
        self.name = name
        queue = DispatchQueue(label: "orchestrator.\(name)", qos: .utility)
    }

    func run(_ errand: Errand) {
        working.enter()
        queue.async { [self] in
            let isTaken = state.withLock { state in
                if state.isStopped { return false }
                state.waiting.append(errand)
                return true
            }
            if isTaken { next() } else { working.leave() }
        }
    }

    /// Returns when nothing waits or is under way any more, or the time is over.
    func settle(within limit: DispatchTimeInterval) {
        _ = working.wait(timeout: .now() + limit)
    }

    /// Begins nothing more; what is under way is ended.
    func stop() {
        let executor = state.withLock { state -> LocalExecutor? in
            state.isStopped = true
            state.waiting = []
            if let current = state.current { state.executor?.terminate(current.attempt) }
            state.current = nil
            defer { state.executor = nil }
            return state.executor
        }
        executor?.shutdown()
    }

    // MARK: On the queue

    private func next() {
        let errand = state.withLock { state -> Errand? in
            guard !state.isStopped, state.current == nil, !state.waiting.isEmpty else { return nil }
            return state.waiting.removeFirst()
        }
        guard let errand else { return rest() }
        do { try begin(errand) } catch {
            finish(errand, .notRun("\(error)"), nil)
        }
    }

    private func begin(_ errand: Errand) throws {
        let executor = try executor()
        let folder = executor.runtime.path
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let attempt = AttemptID("\(name)-\(getpid())-\(number)")
        let base = "\(folder)/\(attempt)"
        let file = base + ".perform.json"
        var specification = errand.specification
        specification["result"] = .string(base + ".result")
        try SmallFile.write(JSONValue.object(specification).text() + "\n", to: file)
        state.withLock { $0.current = (attempt, errand, file, base + ".log") }
        executor.start(
            AttemptSpecification(
                id: attempt, arguments: [settings.programPath, "perform", errand.kind, file],
                environment: TaskEnvironment.inherited(from: settings.environment), workingDirectory: "/",
                logPath: base + ".log", executionTimeout: errand.timeout, logLimitBytes: Self.logLimit))
    }

    private func executor() throws -> LocalExecutor {
        if let executor = state.withLock({ $0.executor }) { return executor }
        let folder = try settings.home.runtimeFolder(environment: settings.environment) + "/" + name
        let executor = try LocalExecutor(
            runtimeDirectory: folder, shimPath: settings.shimPath,
            onEvent: { [weak self, queue] event in queue.async { [weak self] in self?.received(event) } })
        for attempt in (try? executor.recordsOnDisk()) ?? [] { executor.forget(attempt) }
        state.withLock { $0.executor = executor }
        return executor
    }

    /// Nothing is under way: no process has to wait for the next one.
    private func rest() {
        let idle = state.withLock { state -> LocalExecutor? in
            guard state.current == nil, state.waiting.isEmpty else { return nil }
            defer { state.executor = nil }
            return state.executor
        }
        idle?.shutdown()
    }

    private func received(_ event: AttemptEvent) {
        switch event {
        case .started: return
        case .ended(let attempt, let end): ended(attempt, end.outcome)
        case .spawnFailed(let attempt, let failure): gaveUp(attempt, failure.message)
        case .neverStarted(let attempt): gaveUp(attempt, "it was not started")
        }
    }

    private func gaveUp(_ attempt: AttemptID, _ text: String) {
        guard let current = take(attempt) else { return }
        finish(current.errand, .notRun(text), nil)
    }

    private func ended(_ attempt: AttemptID, _ outcome: ProcessOutcome) {
        guard let current = take(attempt) else { return }
        let result = current.file.replacing(".perform.json", with: ".result")
        let answer = (try? SmallFile.read(result, limit: Self.resultLimit)) ?? nil
        let ending = Self.ending(of: outcome, log: current.log)
        for path in [current.file, current.log, result] { unlink(path) }
        state.withLock { $0.executor }?.forget(attempt)
        finish(current.errand, ending, answer)
    }

    private func take(
        _ attempt: AttemptID
    ) -> (attempt: AttemptID, errand: Errand, file: String, log: String)? {
        state.withLock { state in
            guard let current = state.current, current.attempt == attempt else { return nil }
            state.current = nil
            return current
        }
    }

    private func finish(_ errand: Errand, _ ending: Ending, _ result: [UInt8]?) {
        errand.ended(ending, result)
        working.leave()
        next()
    }

    private static func ending(of outcome: ProcessOutcome, log: String) -> Ending {
        let words = lastWords(log)
        let said = words.isEmpty ? "" : ": \(words)"
        switch outcome {
        case .exited(0): return .done
        case .exited(let code):
            return .failed(
                words.isEmpty ? "exit code \(code)" : words, isFinal: finalCodes.contains(code))
        case .signalled(let number, _): return .failed("signal \(number)\(said)", isFinal: false)
        case .timedOut: return .failed("it took too long\(said)", isFinal: false)
        case .terminated: return .notRun("it was ended")
        case .notStarted(_, _, let message): return .notRun(message)
        case .lost(let reason): return .notRun("its process was lost: \(reason)")
        }
    }

    /// The end of what the process said, in one line.
    private static func lastWords(_ log: String) -> String {
        guard let bytes = try? SmallFile.read(log, limit: 1 << 20) else { return "" }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.hasPrefix("error: ") ? String($0.dropFirst("error: ".count)) : String($0) }
        return String(lines.suffix(3).joined(separator: " ").suffix(500))
    }
}
