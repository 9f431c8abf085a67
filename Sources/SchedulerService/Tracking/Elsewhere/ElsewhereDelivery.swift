import ArtifactStore
import DAGDomain
import Dispatch
import Logging
import StateStore
import Synchronization

/// Tells an MLflow server of the person's own what was committed, one step after the other, at least once; what is told
/// twice changes nothing. It runs beside the scheduler, and what it could not tell stays in the database.
final class ElsewhereDelivery: Sendable {
    private struct State {
        var isUnderWay = false
        var isStopped = true
        var failures = 0
        /// The server does not answer: nothing is tried before.
        var pausedUntil: ContinuousClock.Instant?
    }

    let access: TrackingAccess
    let store: StateStore
    let artifacts: ArtifactStore
    let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.tracking", qos: .utility)
    private let state = Mutex(State())

    /// So long at most between two tries.
    private static let longestPause = Duration.seconds(60)
    private static let longestRefusal = Duration.seconds(3_600)

    init(access: TrackingAccess, store: StateStore, artifacts: ArtifactStore, logger: Logger) {
        self.access = access
        self.store = store
        self.artifacts = artifacts
        self.logger = logger
    }

    /// Tells what an earlier daemon could not.
    func start() {
        state.withLock { $0.isStopped = false }
        do { try store.hurryTrackingSteps(at: WallClock.now()) } catch {
            logger.error("what the MLflow server is to be told cannot be read now: \(error)")
        }
        wake()
    }

    /// Something was committed.
    func wake() { queue.async { self.pump() } }

    /// Begins nothing more, and cuts off what is under way.
    func stop() {
        state.withLock { $0.isStopped = true }
        access.close()
    }

    /// For a process that lives for one run only: what could not be told is told by the next.
    func settle() {
        let end = ContinuousClock().now + .seconds(30)
        while ContinuousClock().now < end, state.withLock({ $0.failures == 0 && !$0.isStopped }),
            let next = (try? store.nextTrackingStep()) ?? nil, next <= WallClock.now()
        {
            wake()
            let turn = DispatchSemaphore(value: 0)
            queue.asyncAfter(deadline: .now() + .milliseconds(20)) { turn.signal() }
            turn.wait()
        }
    }

    // MARK: On the queue

    private func pump() {
        let mayGo = state.withLock { state in
            let isPaused = state.pausedUntil.map { $0 > ContinuousClock().now } ?? false
            return !state.isStopped && !state.isUnderWay && !isPaused
        }
        guard mayGo else { return }
        do {
            guard let row = try store.dueTrackingStep(at: WallClock.now()) else {
                guard let next = try store.nextTrackingStep() else { return }
                return later(max(next - WallClock.now(), .milliseconds(100)))
            }
            state.withLock { $0.isUnderWay = true }
            Task {
                let failure = await self.failure(of: row)
                self.queue.async { self.ended(row, failure) }
            }
        } catch {
            logger.error("what the MLflow server is to be told cannot be read now: \(error)")
            later(.seconds(5))
        }
    }

    private func failure(of row: TrackingStepRow) async -> TrackingServerFailure? {
        do throws(TrackingServerFailure) {
            try await tell(row.step, try access.server())
            return nil
        } catch {
            return error
        }
    }

    private func ended(_ row: TrackingStepRow, _ failure: TrackingServerFailure?) {
        guard !state.withLock({ $0.isStopped }) else { return }
        let now = WallClock.now()
        var pause: Duration?
        do {
            if let failure {
                let delay = self.delay(after: failure, row)
                if failure.isUnreachable { pause = delay }
                try store.trackingStepFails(row.id, problem: failure.text, due: now + delay, at: now)
            } else {
                try store.trackingStepIsTold(row, at: now)
                state.withLock { $0.failures = 0 }
            }
        } catch {
            // It is told again: at least once.
            logger.error("what the MLflow server was told cannot be recorded: \(error)")
            pause = .seconds(5)
        }
        state.withLock { state in
            state.isUnderWay = false
            state.pausedUntil = pause.map { ContinuousClock().now + $0 }
        }
        if let pause { later(pause) } else { pump() }
    }

    private func delay(after failure: TrackingServerFailure, _ row: TrackingStepRow) -> Duration {
        guard failure.isUnreachable else {
            if row.tries == 0 { logger.warning("the MLflow server refuses a step: \(failure.text)") }
            return min(.seconds(10 << min(row.tries, 10)), Self.longestRefusal)
        }
        let failures = state.withLock { state in
            state.failures += 1
            return state.failures
        }
        if failures == 1 {
            logger.warning("the MLflow server could not be told: \(failure.text); it is tried again")
        }
        return min(.seconds(1 << min(failures - 1, 10)), Self.longestPause)
    }

    private func later(_ delay: Duration) {
        queue.asyncAfter(deadline: .now() + delay.inSeconds) { [weak self] in self?.pump() }
    }
}
