import DAGDomain
import SchedulerCore

/// Looks from time to time whether everything goes on that could: the scheduler's own books against its rows, and the
/// attempts under way against what the worker pool does about them. What stands still is told and set going again.
struct Watchdog {
    /// What one look came to.
    struct Outcome {
        var found: [Anomaly] = []
        var transitions: [Transition] = []
        var actions: [SchedulerAction] = []
        /// Attempts that have to be taken up again after the commit.
        var abandoned: [Attempt] = []
    }

    /// Attempts that nobody carried out at the last look; between the commit and the hand-over that is in order.
    private var suspects: Set<AttemptID> = []

    mutating func look(
        at machine: inout SchedulerStateMachine, _ performer: any ActionPerformer, now: Timestamp
    ) -> Outcome {
        var outcome = Outcome()
        outcome.found = machine.anomalies(at: now)
        let abandoned = performer.abandoned(among: machine.attemptsUnderWay)
        outcome.abandoned = abandoned.filter { suspects.contains($0.id) }
        suspects = Set(abandoned.map(\.id))
        outcome.found += outcome.abandoned.compactMap { machine.abandoned($0.id) }
        guard !outcome.found.isEmpty else { return outcome }
        let decision = machine.repair(outcome.found, at: now)
        let notes = outcome.found.map { anomaly in
            Transition.noted(
                dagID: anomaly.dagID, runID: anomaly.runID, event: "watchdog",
                text: anomaly.sentence + "; set going again", at: now)
        }
        outcome.transitions = decision.transitions + notes
        outcome.actions = decision.actions
        return outcome
    }
}

/// What the watchdog has found since the daemon began.
package struct WatchdogReport: Sendable {
    package struct Finding: Hashable, Sendable {
        package let at: Timestamp
        package let sentence: String
        /// Whether it was gone after the repair.
        package let isRepaired: Bool
    }

    /// Nil when it is turned off.
    package var interval: Duration?
    package var looks = 0
    package var found = 0
    package var repaired = 0
    package var lastLook: Timestamp?
    /// How long the scheduler was held up by the last look.
    package var lastCost: Duration = .zero
    /// The newest ones, the newest last.
    package var findings: [Finding] = []

    static let keptFindings = 20

    mutating func add(_ found: [Finding], at now: Timestamp, cost: Duration) {
        looks += 1
        lastLook = now
        lastCost = cost
        self.found += found.count
        repaired += found.count { $0.isRepaired }
        findings = (findings + found).suffix(Self.keptFindings)
    }
}
