import DAGDomain
import JSONText
import LifecycleCore
import SchedulerCore

/// The registry of models inside the loop: it is asked before the machine decides about a task that makes a claim, and
/// what it answers goes into the same commit.
extension SchedulerEngine {
    /// Carries out a wish about the registry.
    func change(
        _ command: ModelCommand, by who: String
    ) throws(ModelRefusal) -> [ModelChange] {
        let changes = try models.handle(command, at: now, by: who)
        record(changes, by: who)
        return changes
    }

    /// The end of an attempt that wants something of the registry.
    func conclude(_ report: AttemptReport, _ claim: ModelClaim) -> SchedulerDecision {
        var report = report
        guard machine.takesClaim(of: report) else {
            report.deployment?.disown("its task was cleared or marked meanwhile")
            return decide(.attemptFinished(report))
        }
        if let objection = models.objection(to: claim) {
            report.conflict = objection
            return decide(.attemptFinished(report))
        }
        report.outputs += models.outputs(for: claim)
        let decision = decide(.attemptFinished(report))
        if let end = Self.end(of: report, in: decision) {
            record(models.conclude(claim, end, at: now, by: Self.ownName), by: Self.ownName)
        }
        return decision
    }

    private static let ownName = "scheduler"

    private static func end(
        of report: AttemptReport, in decision: SchedulerDecision
    ) -> ModelRegistry.ClaimEnd? {
        for case .attemptChanged(_, let attempt) in decision.transitions where attempt.id == report.attempt {
            if attempt.state == .succeeded { return .success(gateHolds: report.verdict?.passed ?? true) }
            return attempt.failure == .gate ? .gateFailure : nil
        }
        return nil
    }

    /// Puts changes into the batch; an alias that has moved is an updated asset.
    private func record(_ changes: [ModelChange], by who: String) {
        for change in changes {
            record(change, by: who)
            if case .aliasMoved(let alias) = change { _ = decide(.assetEmitted(alias.emission)) }
        }
    }
}

extension AliasChange {
    /// What DAGs hear that are scheduled on the alias.
    fileprivate var emission: AssetEmission {
        let source: AssetEventSource =
            if let origin {
                .task(origin.dagID, origin.runID, origin.taskID, mapIndex: origin.mapIndex)
            } else {
                .outside(who)
            }
        return AssetEmission(
            asset: model.asset(of: alias),
            extra: [
                "model": .string(model.text), "alias": .string(alias.text),
                "from": from.map { .integer(Int64($0.value)) } ?? .null,
                "to": to.map { .integer(Int64($0.value)) } ?? .null, "who": .string(who),
                "reason": .string(reason),
            ], origin: source)
    }
}
