import JSONText

/// How far an attempt is. `starting` is committed before anything is spawned.
package enum AttemptState: String, Hashable, Sendable, CaseIterable {
    case starting, running, succeeded, skipped, failed, timedOut = "timed_out", cancelled, lost

    package var isFinished: Bool { self != .starting && self != .running }
}

/// One try at running a task instance: one process tree with one durable end.
package struct Attempt: Hashable, Sendable {
    package let id: AttemptID
    package let instance: TaskInstanceKey
    package let tryNumber: Int
    package let createdAt: Timestamp
    package var state: AttemptState
    package var processID: Int32?
    package var startDate: Timestamp?
    package var endDate: Timestamp?
    package var exitCode: Int32?
    package var signal: Int32?
    package var failure: FailureReason?
    package var reason: StateReason?

    package init(
        id: AttemptID, instance: TaskInstanceKey, tryNumber: Int, createdAt: Timestamp,
        state: AttemptState = .starting, processID: Int32? = nil, startDate: Timestamp? = nil,
        endDate: Timestamp? = nil, exitCode: Int32? = nil, signal: Int32? = nil,
        failure: FailureReason? = nil, reason: StateReason? = nil
    ) {
        self.id = id
        self.instance = instance
        self.tryNumber = tryNumber
        self.createdAt = createdAt
        self.state = state
        self.processID = processID
        self.startDate = startDate
        self.endDate = endDate
        self.exitCode = exitCode
        self.signal = signal
        self.failure = failure
        self.reason = reason
    }
}

/// How the process of an attempt ended, as the scheduler needs to know it.
package enum AttemptOutcome: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// Ended by the supervisor because `execution_timeout` passed.
    case timedOut
    /// Ended because the scheduler asked for it.
    case terminated
    /// The program could not be started: the text says which step failed and why; 126 or 127 as a shell would say.
    case notStarted(exitCode: Int32, String)
    /// Nobody knows how it ended; the text says what was found.
    case lost(String)
    /// Nothing was run: the report is what this earlier try of the same work left.
    case cached(run: RunID, tryNumber: Int)
    /// Nothing was run, since what the task is about does not exist yet; the text says what.
    case nothingToDo(String)
}

/// Everything an attempt left behind, collected before the scheduler hears of its end.
package struct AttemptReport: Hashable, Sendable {
    package let attempt: AttemptID
    package var outcome: AttemptOutcome
    package let startDate: Timestamp?
    package let endDate: Timestamp
    /// Last value of each name, in the order of the names' first appearance.
    package var outputs: [TaskOutput]
    package var metrics: [Metric]
    package var artifacts: [ArtifactReference]
    /// Present when the task has a gate and its program ended well.
    package var verdict: GateVerdict?
    /// What the task says about its updates of assets.
    package var outlets = OutletReport()
    /// What its success means for the registry of models.
    package var model: ModelClaim?
    /// How bringing a version into service ended, as far as the attempt's process has told.
    package var deployment: DeploymentEnd?
    /// Why a program that ended well, and did all that it promised, came too late with it: the attempt fails, and may be
    /// tried again.
    package var conflict: String?
    /// A broken promise of a program that ended well (malformed output line, missing artifact...): the attempt fails.
    package var problem: String?
    /// Of a task with `cache`: what the cache said, and the key under which a success is kept.
    package var cache: CacheRecord?

    package init(
        attempt: AttemptID, outcome: AttemptOutcome, startDate: Timestamp?, endDate: Timestamp,
        outputs: [TaskOutput] = [], metrics: [Metric] = [], artifacts: [ArtifactReference] = [],
        verdict: GateVerdict? = nil, problem: String? = nil
    ) {
        self.attempt = attempt
        self.outcome = outcome
        self.startDate = startDate
        self.endDate = endDate
        self.outputs = outputs
        self.metrics = metrics
        self.artifacts = artifacts
        self.verdict = verdict
        self.problem = problem
    }
}

/// A small value that a task hands to later ones (Airflow's XCom).
package struct TaskOutput: Hashable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// A file that a task left, kept by the SHA-256 of its content.
package struct ArtifactReference: Hashable, Sendable {
    package let name: String
    package let path: String
    /// Lower-case hexadecimal.
    package let sha256: String
    package let sizeBytes: Int64

    package init(name: String, path: String, sha256: String, sizeBytes: Int64) {
        self.name = name
        self.path = path
        self.sha256 = sha256
        self.sizeBytes = sizeBytes
    }
}
