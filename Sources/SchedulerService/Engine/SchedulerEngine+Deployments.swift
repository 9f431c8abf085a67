import DAGDomain
import SchedulerCore

/// Attempts that bring a version into service, from the moment before their process starts; mostly none.
struct DeploymentsUnderWay: Sendable {
    private var attempts: Set<AttemptID>
    /// What was told of the end of some of them since the last commit.
    private var reports: [AttemptID: AttemptReport] = [:]

    init(_ attempts: Set<AttemptID>) { self.attempts = attempts }

    /// - Returns: whether it is news.
    mutating func insert(_ attempt: AttemptID) -> Bool { attempts.insert(attempt).inserted }

    mutating func note(_ event: SchedulerEvent) {
        guard !attempts.isEmpty, case .attemptFinished(let report) = event, attempts.contains(report.attempt)
        else { return }
        reports[report.attempt] = report
    }

    /// The ends of those whose attempts have ended by the transitions of a batch.
    mutating func ends(by transitions: [Transition], at now: Timestamp) -> [Transition] {
        guard !attempts.isEmpty else { return [] }
        defer { reports = [:] }
        var ends: [Transition] = []
        for case .attemptChanged(_, let attempt) in transitions where attempt.state.isFinished {
            guard attempts.remove(attempt.id) != nil else { continue }
            let report = reports[attempt.id]
            var end =
                report?.deployment
                ?? DeploymentEnd(
                    state: .failed, detail: "nothing was told of how far it had come", endedAt: now)
            if attempt.state != .succeeded || report?.verdict?.passed == false {
                end.disown(report?.conflict ?? report?.problem ?? "the attempt is no success")
            }
            ends.append(.deploymentEnded(attempt.id, end))
        }
        return ends
    }
}

/// The record of what is brought into service. It changes in the same transactions as the attempts that it is about, so that no
/// deployment is under way whose attempt is not.
extension SchedulerEngine {
    /// Before the process of an attempt starts, or the one of another daemon's is taken up: so its record comes before
    /// everything that is heard of it.
    nonisolated func noteDeployment(_ context: AttemptContext) {
        guard let deployment = DeployCollection.beginning(context, at: WallClock.now()) else { return }
        submit { engine in
            guard engine.machine.isLive(deployment.attempt), engine.deployments.insert(deployment.attempt)
            else { return }
            engine.record(.deploymentBegan(deployment))
        }
    }
}

extension DeploymentEnd {
    /// It worked, and yet its alias does not move.
    mutating func disown(_ reason: String) {
        guard state == .healthy else { return }
        state = .failed
        detail += "; the alias did not move: \(reason)"
    }
}
