import DAGDomain
import Dispatch
import JSONText
import Logging
import StateStore
import Synchronization

/// Tells OpenLineage of runs and tasks, after the commit that noted it, in the order of the changes, at least once. A
/// process of its own speaks to the receiver, so nothing here can delay or change a run.
final class OpenLineageSender: Sendable {
    private struct State {
        var isUnderWay = false
        var failures = 0
        var isStopped = true
    }

    private static let batchSize = 100
    private static let timeout = Duration.seconds(120)
    /// So long an end waits for what is in its tables.
    private static let patience = Duration.seconds(10)

    private let settings: OpenLineageSettings
    private let store: StateStore
    private let events: OpenLineageEvents
    private let errands: ErrandRunner
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ openLineage: OpenLineageSettings, settings: ServiceSettings, store: StateStore,
        library: DefinitionLibrary, values: ValueService, logger: Logger
    ) {
        self.settings = openLineage
        self.store = store
        self.logger = logger
        events = OpenLineageEvents(
            store: store, library: library, values: values, home: settings.home.path,
            namespace: openLineage.namespace)
        errands = ErrandRunner(settings: settings, name: "openlineage")
    }

    /// Tells what an earlier daemon could not.
    func start() {
        state.withLock { $0.isStopped = false }
        wake()
    }

    /// Something was committed.
    func wake() { errands.queue.async { self.pump() } }

    /// For a process that lives for one run only: what could not be told is told by the next.
    func settle() {
        let end = ContinuousClock().now + .seconds(10)
        while ContinuousClock().now < end, state.withLock({ $0.failures == 0 }),
            (try? store.lineageNotes(limit: 1).isEmpty) == false
        {
            errands.queue.sync { pump() }
            errands.settle(within: .seconds(5))
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        errands.stop()
    }

    // MARK: On the queue

    private func pump() {
        guard state.withLock({ !$0.isStopped && !$0.isUnderWay }) else { return }
        do {
            let rows = try store.lineageNotes(limit: Self.batchSize)
            guard let last = rows.last else { return }
            if let end = rows.first(where: { isEarly($0.note) }) {
                let before = rows.filter { $0.id < end.id }
                guard let last = before.last else { return later(.milliseconds(300)) }
                return try send(before, through: last.id)
            }
            try send(rows, through: last.id)
        } catch {
            logger.error("OpenLineage cannot be told now: \(error)")
            later(.seconds(5))
        }
    }

    /// Whether a task has ended just now and what is in its tables is not known yet.
    private func isEarly(_ note: LineageNote) -> Bool {
        guard note.event == .complete, let key = note.instance, WallClock.now() - note.at < Self.patience,
            let artifacts = try? store.artifacts(of: key)
        else { return false }
        return artifacts.contains { artifact in
            DatasetFacts.Format(path: artifact.path) != nil
                && ((try? store.datasetFacts(of: artifact.sha256)) ?? nil) == nil
        }
    }

    private func send(_ rows: [LineageNoteRow], through id: Int64) throws {
        let messages = try rows.compactMap { try events.event(of: $0.note) }
        guard !messages.isEmpty else {
            try store.forgetLineageNotes(through: id, at: WallClock.now())
            return wake()
        }
        var specification: JSONObject = ["events": .array(messages.map(JSONValue.object))]
        switch settings.target {
        case .file(let path): specification["file"] = .string(path)
        case .url(let url, let apiKey):
            specification["url"] = .string(url)
            if let apiKey { specification["api_key"] = .string(apiKey) }
        }
        state.withLock { $0.isUnderWay = true }
        errands.run(
            ErrandRunner.Errand(
                kind: "openlineage", specification: specification, timeout: Self.timeout,
                ended: { [self] ending, _ in ended(ending, through: id) }))
    }

    private func ended(_ ending: ErrandRunner.Ending, through id: Int64) {
        state.withLock { $0.isUnderWay = false }
        switch ending {
        case .done: forget(through: id)
        case .failed(let text, isFinal: true):
            logger.error("OpenLineage refuses events, which are given up: \(text)")
            forget(through: id)
        case .failed(let text, isFinal: false), .notRun(let text):
            let failures = state.withLock { state in
                state.failures += 1
                return state.failures
            }
            if failures == 1 { logger.warning("OpenLineage could not be told: \(text); it is tried again") }
            later(.seconds(min(300, 5 << min(failures - 1, 6))))
        }
    }

    private func forget(through id: Int64) {
        do {
            try store.forgetLineageNotes(through: id, at: WallClock.now())
            state.withLock { $0.failures = 0 }
            wake()
        } catch {
            // It is told again: at least once.
            logger.error("what OpenLineage was told cannot be recorded: \(error)")
            later(.seconds(5))
        }
    }

    private func later(_ delay: DispatchTimeInterval) {
        errands.queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.pump() }
    }
}
