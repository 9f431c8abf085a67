import DAGDomain
import Dispatch
import Glibc
import JSONText
import Logging
import StateStore
import Synchronization
import TaskExecution

/// Sends notices after the commit that raised them, outside the scheduler: nothing here can delay or change a run.
///
/// Each try is a process under a supervisor like a task's, so it has its time, outlives the daemon, and its end is found
/// after a restart. A try is recorded before it begins and its end after it: a notice is sent at least once, and twice
/// only when the machine, or somebody, took the record of its end away; its id is the same then.
package final class NoticeSender: Sendable {
    private struct Flight: Sendable {
        let row: NoticeRow
        let files: NoticeFiles
    }

    private struct State {
        var flights: [AttemptID: Flight] = [:]
        var executor: LocalExecutor?
        var timer: WakeTimer?
        var isStopped = true
    }

    /// Tries that are under way at one time.
    private static let width = 8
    /// Exit codes of `orchestrator perform notice` after which trying again changes nothing.
    private static let finalCodes: Set<Int32> = [65, 78]

    private let settings: ServiceSettings
    private let store: StateStore
    private let preparation: NoticePreparation
    private let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.notices")
    private let state = Mutex(State())
    /// Entered for each flight.
    private let flying = DispatchGroup()

    init(
        settings: ServiceSettings, store: StateStore, library: DefinitionLibrary, values: ValueService,
        logger: Logger
    ) {
        self.settings = settings
        self.store = store
        self.logger = logger
        preparation = NoticePreparation(settings: settings, store: store, library: library, values: values)
    }

    /// Finds out what became of the tries of an earlier daemon, and sends what waits.
    func start() throws {
        let timer = try WakeTimer(queue: queue) { [weak self] in self?.pump() }
        state.withLock { state in
            state.timer = timer
            state.isStopped = false
        }
        queue.async { [self] in
            guarded { try reattach() }
            pump()
        }
    }

    /// Follows a committed batch.
    func follow(_ transitions: [Transition]) {
        let isRaised = transitions.contains { if case .noticeRaised = $0 { true } else { false } }
        if isRaised { wake() }
    }

    /// Looks for notices that are due.
    package func wake() {
        queue.async { [self] in pump() }
    }

    /// Returns when everything that is due has been tried once, or the time is over.
    func settle(within limit: DispatchTimeInterval) {
        queue.sync { pump() }
        _ = flying.wait(timeout: .now() + limit)
        queue.sync {}
    }

    /// Begins nothing more; what is under way goes on, and the next daemon hears of it.
    func stop() {
        queue.sync {
            let (timer, executor) = state.withLock { state in
                defer { state = State() }
                return (state.timer, state.executor)
            }
            timer?.cancel()
            executor?.shutdown()
        }
    }

    // MARK: On the queue

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// A database that does not work now may work later; the scheduler itself says what is wrong with it.
    private func guarded(_ body: () throws -> Void) {
        do { try body() } catch {
            logger.error("notices cannot be sent now: \(error)")
            queue.asyncAfter(deadline: .now() + .seconds(5)) { [weak self] in self?.pump() }
        }
    }

    private func pump() {
        guard !isStopped else { return }
        guarded {
            while true {
                let room = Self.width - state.withLock { $0.flights.count }
                guard room > 0 else { return }
                let due = try store.dueNotices(at: WallClock.now(), limit: room)
                if due.isEmpty { break }
                for row in due { try begin(row) }
            }
            let next = try store.nextNotice()
            state.withLock { $0.timer }?.arm(next)
            rest()
        }
    }

    /// Nothing is under way: no process has to wait for the next one.
    private func rest() {
        let idle = state.withLock { state -> LocalExecutor? in
            guard state.flights.isEmpty else { return nil }
            defer { state.executor = nil }
            return state.executor
        }
        idle?.shutdown()
    }

    /// Beside the control files of tasks, which it is made with again when somebody has removed them.
    private func folder() throws(HomeError) -> String {
        try settings.home.runtimeFolder(environment: settings.environment) + "/notices"
    }

    private func executor() throws -> LocalExecutor {
        if let executor = state.withLock({ $0.executor }) { return executor }
        let executor = try LocalExecutor(
            runtimeDirectory: try folder(), shimPath: settings.shimPath,
            onEvent: { [weak self, queue] event in queue.async { [weak self] in self?.received(event) } })
        state.withLock { $0.executor = executor }
        return executor
    }

    private func begin(_ row: NoticeRow) throws {
        let executor = try executor()
        guard try store.noticeBegins(row, at: WallClock.now()) else { return }
        let flight = Flight(
            row: row, files: NoticeFiles(row, tries: row.tries + 1, folder: executor.runtime.path))
        take(flight)
        launch(flight, executor)
    }

    private func take(_ flight: Flight) {
        state.withLock { $0.flights[flight.files.attempt] = flight }
        flying.enter()
    }

    private func launch(_ flight: Flight, _ executor: LocalExecutor) {
        do throws(NoticePreparation.Failure) {
            executor.start(try preparation.specification(of: flight.row, flight.files))
        } catch {
            end(flight, .failed(error.text, isFinal: error.isFinal))
        }
    }

    private func reattach() throws {
        let rows = try store.noticesInFlight()
        let folder = try folder()
        guard !rows.isEmpty || access(folder, F_OK) == 0 else { return }
        let executor = try executor()
        let flights = rows.map { Flight(row: $0, files: NoticeFiles($0, tries: $0.tries, folder: folder)) }
        let known = Set(flights.map(\.files.attempt))
        for attempt in try executor.recordsOnDisk() where !known.contains(attempt) {
            executor.forget(attempt)
        }
        NoticeFiles.removeLeftovers(in: folder, except: known)
        flights.forEach(take)
        executor.reattach(flights.map { (id: $0.files.attempt, createdAt: $0.row.notice.at) })
    }

    // MARK: Ends

    private enum Ending {
        /// - Parameter remark: what the process had to say all the same.
        case sent(remark: String?)
        /// - Parameter isFinal: trying again changes nothing.
        case failed(String, isFinal: Bool)
        /// Nobody knows whether it was sent.
        case unknown(String)
    }

    private func received(_ event: AttemptEvent) {
        switch event {
        case .started: break
        case .ended(let attempt, let end):
            guard let flight = flight(attempt) else { return }
            self.end(flight, ending(of: end.outcome, flight))
        case .spawnFailed(let attempt, let failure):
            guard let flight = flight(attempt) else { return }
            end(flight, .unknown(failure.message))
        case .neverStarted(let attempt):
            guard let flight = flight(attempt) else { return }
            guarded { launch(flight, try executor()) }
        }
    }

    private func flight(_ attempt: AttemptID) -> Flight? { state.withLock { $0.flights[attempt] } }

    private func ending(of outcome: ProcessOutcome, _ flight: Flight) -> Ending {
        let words = flight.files.lastWords
        let said = words.isEmpty ? "" : ": \(words)"
        switch outcome {
        case .exited(0):
            return .sent(remark: flight.row.notice.kind == .command || words.isEmpty ? nil : words)
        case .exited(let code):
            if flight.row.notice.kind == .command {
                return .failed("exit code \(code)\(said)", isFinal: false)
            }
            return .failed(
                words.isEmpty ? "exit code \(code)" : words, isFinal: Self.finalCodes.contains(code))
        case .signalled(let number, _): return .failed("signal \(number)\(said)", isFinal: false)
        case .timedOut: return .failed("it took longer than its timeout\(said)", isFinal: false)
        case .terminated: return .failed("it was ended", isFinal: false)
        case .notStarted(_, _, let message): return .failed(message, isFinal: false)
        case .lost(let reason): return .unknown("its process was lost: \(reason)")
        }
    }

    /// Records the end of a try first, and only then forgets what proves it.
    private func end(_ flight: Flight, _ ending: Ending) {
        do { try record(flight, ending) } catch {
            logger.error("the end of notice \(flight.row.id) cannot be recorded now: \(error)")
            return queue.asyncAfter(deadline: .now() + .seconds(5)) { [weak self] in
                guard let self, !isStopped else { return }
                end(flight, ending)
            }
        }
        flight.files.remove()
        let executor = state.withLock { state in
            state.flights[flight.files.attempt] = nil
            return state.executor
        }
        executor?.forget(flight.files.attempt)
        flying.leave()
        wake()
    }

    private func record(_ flight: Flight, _ ending: Ending) throws {
        let (row, now) = (flight.row, WallClock.now())
        let id = row.id
        switch ending {
        case .sent(let remark):
            try store.noticeIsSent(id, remark: remark.map { preparation.masked($0, of: row) }, at: now)
        case .unknown(let text):
            try store.noticeFails(
                id, problem: preparation.masked(text, of: row), next: now + .seconds(5), event: nil, at: now)
        case .failed(let text, let isFinal):
            let problem = preparation.masked(text, of: row)
            let action = try? preparation.action(of: row)
            let tries = try store.notice(id)?.tries ?? row.tries
            let isOver = isFinal || tries > action?.retries ?? NoticeAction.standardRetries
            let next = isOver ? nil : now + (action?.delay(afterTries: tries) ?? NoticeAction.standardDelay)
            try store.noticeFails(
                id, problem: problem, next: next, event: isOver ? givenUp(row, problem) : nil, at: now)
            if isOver {
                logger.warning("notice \(id) of \(row.notice.dagID) was given up: \(problem)")
            }
        }
    }

    private func givenUp(_ row: NoticeRow, _ problem: String) -> RecordedEvent {
        RecordedEvent(
            who: "notices", what: "notice_failed", dagID: row.notice.dagID, runID: row.runID,
            taskID: row.taskID, mapIndex: row.notice.instance?.mapIndex,
            detail: [
                "notice": .integer(row.id), "event": .string(row.notice.occasion.word),
                "kind": .string(row.notice.kind.rawValue), "problem": .string(problem),
            ])
    }
}
