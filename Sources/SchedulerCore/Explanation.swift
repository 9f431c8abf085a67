import DAGDomain

/// Why a task instance is in its state, and above all why it has not started: names and numbers, from which
/// `sentence` makes a sentence.
package struct Explanation: Hashable, Sendable {
    package let task: TaskID
    package let state: TaskInstanceState
    package let cause: Cause

    package init(task: TaskID, state: TaskInstanceState, cause: Cause) {
        self.task = task
        self.state = state
        self.cause = cause
    }

    /// An upstream task as it matters for another one.
    package struct Upstream: Hashable, Sendable {
        package let task: TaskID
        package let state: TaskInstanceState

        package init(task: TaskID, state: TaskInstanceState) {
            self.task = task
            self.state = state
        }
    }

    /// Where somebody stands among those who wait for the same slots.
    package struct PlaceInLine: Hashable, Sendable {
        /// 1 for the next one.
        package let number: Int
        /// How many wait, this one included.
        package let of: Int

        package init(number: Int, of: Int) {
            self.number = number
            self.of = of
        }
    }

    package enum Cause: Hashable, Sendable {
        /// The run is queued: `running` of its DAG run, `limit` may (`max_active_runs`), `ahead` wait before
        /// it.
        case runIsQueued(running: Int, limit: Int, ahead: Int)
        /// The run is queued, and as many runs with its concurrency key are running as may.
        case groupIsFull(String, running: Int)
        /// The run is queued, and the backfill that it belongs to is paused.
        case backfillIsPaused(BackfillID)
        /// The rule cannot be decided yet. At most `namedUpstreams` of the `unfinished` upstream tasks are
        /// named.
        case waitsForUpstream(TriggerRule, [Upstream], unfinished: Int)
        case poolIsFull(PoolName, used: Int, slots: Int, needs: Int, place: PlaceInLine)
        case poolIsUnknown(PoolName)
        case poolIsTooSmall(PoolName, slots: Int, needs: Int)
        /// `max_active_tasks` of the run.
        case runIsFull(active: Int, limit: Int)
        /// `max_active_tis_per_dag`, or `max_active_tis_per_dagrun` and `max_parallel`.
        case taskIsFull(active: Int, limit: Int, acrossRuns: Bool)
        case waitsForPast(StateReason)
        /// The parallelism of the installation; the place is that among all that wait for a pool.
        case installationIsFull(active: Int, limit: Int, place: PlaceInLine)
        /// Ready to start; only the scheduler itself knows for which limit it waits.
        case waitsForSlots
        case waitsForRetry(until: Timestamp, nextTry: Int, of: Int, after: StateReason)
        /// A sensor, an approval, or a run that it triggered; `until` is the next look or the awaited instant.
        case waitsOutside(StateReason?, since: Timestamp?, until: Timestamp?)
        case waitsForSpawn(until: Timestamp, error: String)
        case isStarting(attempt: AttemptID?, tryNumber: Int, of: Int)
        case isRunning(since: Timestamp?, tryNumber: Int, of: Int)
        /// It runs still, but has been asked to end.
        case isBeingEnded(StateReason)
        /// The rule settled it because of `upstream`; `root` is where the trouble began, if that is further
        /// up.
        case settledByRule(TriggerRule, Upstream, root: Upstream?, rootReason: StateReason?, rootTries: Int)
        case skippedByGate(of: TaskID, GateVerdict?)
        case ended(StateReason?, tries: Int)
    }

    /// The most upstream tasks that are listed by name.
    package static let namedUpstreams = 5
}

extension Explanation {
    /// Explains from rows alone: all there is to say about a finished run, and most of it about others.
    ///
    /// - Parameter instances: the run's instances by task index; empty for one that is not known.
    package init(dag: DAG, instance: TaskInstance, instances: (Int) -> [TaskInstance]) {
        let definition = dag.tasks[instance.key.task]
        self.init(
            task: definition.id, state: instance.state,
            cause: Self.cause(of: instance, definition: definition, dag: dag, instances: instances))
    }

    private static func cause(
        of instance: TaskInstance, definition: TaskDefinition, dag: DAG, instances: (Int) -> [TaskInstance]
    ) -> Cause {
        switch instance.state {
        case .pending:
            let unfinished = dag.graph.upstream[instance.key.task].flatMap(instances)
                .filter { !$0.state.isFinished }
            let named = unfinished.prefix(namedUpstreams)
                .map { Upstream(task: dag.tasks[$0.key.task].id, state: $0.state) }
            return .waitsForUpstream(definition.triggerRule, named, unfinished: unfinished.count)
        case .scheduled: return .waitsForSlots
        case .queued, .running:
            return activeCause(of: instance)
        case .upForRetry:
            guard case .waitsForRetry(let instant, let reason) = instance.reason else {
                return .waitsForSlots
            }
            return .waitsForRetry(
                until: instant, nextTry: instance.tryNumber + 1, of: instance.maximumTries, after: reason)
        case .deferred:
            return .waitsOutside(instance.reason, since: instance.startDate, until: instance.notBefore)
        case .success, .failed, .skipped, .upstreamFailed, .removed, .cancelled:
            return endedCause(of: instance, dag: dag, instances: instances)
        }
    }

    private static func activeCause(of instance: TaskInstance) -> Cause {
        if let reason = instance.reason, EndRequest(reason: reason) != nil { return .isBeingEnded(reason) }
        if let instant = instance.notBefore, case .notStarted(let error) = instance.reason {
            return .waitsForSpawn(until: instant, error: error)
        }
        if instance.state == .queued {
            return .isStarting(
                attempt: instance.attempt, tryNumber: instance.tryNumber, of: instance.maximumTries)
        }
        return .isRunning(
            since: instance.startDate, tryNumber: instance.tryNumber, of: instance.maximumTries)
    }

    private static func endedCause(
        of instance: TaskInstance, dag: DAG, instances: (Int) -> [TaskInstance]
    ) -> Cause {
        switch instance.reason {
        case .upstreamGate(let gate):
            guard dag.tasks.indices.contains(gate) else { break }
            var verdict: GateVerdict?
            if case .gateFailed(let found) = instances(gate).first?.reason { verdict = found }
            return .skippedByGate(of: dag.tasks[gate].id, verdict)
        case .triggerRule(let rule, let task, let state):
            guard dag.tasks.indices.contains(task) else { break }
            let upstream = Upstream(task: dag.tasks[task].id, state: state)
            let root = rootOfTrouble(from: task, instances: instances)
            return .settledByRule(
                rule, upstream,
                root: root?.key.task == task
                    ? nil : root.map { Upstream(task: dag.tasks[$0.key.task].id, state: $0.state) },
                rootReason: root?.reason, rootTries: root?.tryNumber ?? 0)
        default: break
        }
        return .ended(instance.reason, tries: instance.tryNumber)
    }

    /// Follows the recorded reasons up to an instance that no rule had settled.
    private static func rootOfTrouble(from task: Int, instances: (Int) -> [TaskInstance]) -> TaskInstance? {
        var current = telling(instances(task))
        // Reasons point upstream in a graph without cycles, so this ends.
        while case .triggerRule(_, let next, _) = current?.reason, let above = telling(instances(next)) {
            current = above
        }
        return current
    }

    /// Of the instances of a mapped task the first that went wrong.
    private static func telling(_ instances: [TaskInstance]) -> TaskInstance? {
        instances.first { $0.state.isFailure } ?? instances.first
    }
}
