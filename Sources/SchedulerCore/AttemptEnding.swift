import DAGDomain

/// What the end of an attempt means, before retries and requests to end are considered.
struct AttemptEnding: Hashable, Sendable {
    enum Disposition: Hashable, Sendable {
        case success
        /// The gate did not hold, and the task skips what comes after it.
        case successSkippingDownstream
        case skipped
        case failed(isRetryable: Bool)
    }

    let state: AttemptState
    let disposition: Disposition
    let failure: FailureReason?
    let reason: StateReason
    var exitCode: Int32?
    var signal: Int32?

    var isSuccess: Bool { disposition == .success || disposition == .successSkippingDownstream }

    /// Whether the next one who does the same may take the result over.
    var isPlainSuccess: Bool { disposition == .success }

    /// The exit code by which a program says that there was nothing to do.
    static let skipCode: Int32 = 99

    private init(
        _ state: AttemptState, _ disposition: Disposition, _ failure: FailureReason?, _ reason: StateReason
    ) {
        self.state = state
        self.disposition = disposition
        self.failure = failure
        self.reason = reason
    }

    /// - Parameter wasAsked: whether the scheduler had asked the attempt to end.
    init(report: AttemptReport, task: TaskDefinition, wasAsked: Bool) {
        let codes = task.retry.retryableExitCodes
        switch report.outcome {
        case .exited(0):
            self = Self.goodEnd(report, isRetryable: codes?.contains(0) ?? true)
            exitCode = 0
        case .exited(Self.skipCode):
            self.init(.skipped, .skipped, nil, .exitCode(Self.skipCode))
            exitCode = Self.skipCode
        case .nothingToDo(let text): self.init(.skipped, .skipped, nil, .nothingToDo(text))
        case .exited(let code):
            self.init(
                .failed, .failed(isRetryable: codes?.contains(code) ?? true), .userError, .exitCode(code))
            exitCode = code
        case .signalled(let number):
            self.init(.failed, .failed(isRetryable: codes == nil), .userError, .signal(number))
            signal = number
        case .timedOut:
            let limit = task.executionTimeout ?? .zero
            self.init(.timedOut, .failed(isRetryable: codes == nil), .timeout, .executionTimeout(limit))
        case .terminated where wasAsked:
            self.init(.cancelled, .failed(isRetryable: false), .cancelled, .byUser("ended on request"))
        case .terminated:
            let found = "it was ended on request, but nothing had requested it"
            self.init(.lost, .failed(isRetryable: true), .infrastructure, .lost(found))
        case .notStarted(let code, let text):
            self.init(
                .failed, .failed(isRetryable: codes?.contains(code) ?? true), .userError, .notStarted(text))
            exitCode = code
        case .lost(let found):
            self.init(.lost, .failed(isRetryable: true), .infrastructure, .lost(found))
        case .cached(let run, let number):
            let problem = report.problem.map(StateReason.badReport)
            self.init(
                problem == nil ? .succeeded : .failed,
                problem == nil ? .success : .failed(isRetryable: true), problem.map { _ in .userError },
                problem ?? .cached(run: run, tryNumber: number))
        }
    }

    /// The program said success; its promises and its gate have the last word.
    private static func goodEnd(_ report: AttemptReport, isRetryable: Bool) -> AttemptEnding {
        if let problem = report.problem {
            return AttemptEnding(.failed, .failed(isRetryable: isRetryable), .userError, .badReport(problem))
        }
        if let conflict = report.conflict {
            return AttemptEnding(
                .failed, .failed(isRetryable: isRetryable), .infrastructure, .overtaken(conflict))
        }
        guard let verdict = report.verdict, !verdict.passed else {
            let warned = report.verdict.flatMap { $0.warnings.isEmpty ? nil : StateReason.gateWarned($0) }
            return AttemptEnding(.succeeded, .success, nil, warned ?? .exitCode(0))
        }
        switch verdict.effect {
        case .fail: return AttemptEnding(.failed, .failed(isRetryable: false), .gate, .gateFailed(verdict))
        case .skipDownstream:
            return AttemptEnding(.succeeded, .successSkippingDownstream, nil, .gateFailed(verdict))
        }
    }
}
