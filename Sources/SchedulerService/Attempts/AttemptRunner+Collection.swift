import DAGDomain
import Logging
import SchedulerCore
import TaskExecution

extension AttemptRunner {
    /// Without anything to read this takes microseconds and is done where the end was heard of.
    func collect(
        _ context: AttemptContext, _ end: AttemptEnd, hasReports: Bool, hasLogged: Bool
    ) {
        let report = collection.report(
            context, end, hasReports: hasReports,
            logged: hasLogged ? logged(context, end) : AttemptCollection.Logged())
        hand(over: report, context, end)
    }

    /// Asks the person's own MLflow server first, which may take its time.
    func collect(_ context: AttemptContext, _ end: AttemptEnd, from runs: ElsewhereRuns) {
        Task {
            let logged = await runs.logged(context, isGood: AttemptOutcome(end.outcome) == .exited(0))
            lanes.async { [self] in
                let report = collection.report(
                    context, end, hasReports: context.files.holdReports, logged: logged)
                let there = Set(logged.metrics)
                runs.ended(
                    context, at: report.endDate, metrics: report.metrics.filter { !there.contains($0) })
                hand(over: report, context, end)
            }
        }
    }

    private func hand(over report: AttemptReport, _ context: AttemptContext, _ end: AttemptEnd) {
        var report = report
        report.mask(with: values, of: context.run.number)
        if let note = report.note ?? LogNote.lostOutput(end, log: context.files.log) {
            LogNote.append(note, to: context.files.log)
        }
        Failpoint.afterEndBeforeCommit.pass()
        engine.post(.attemptFinished(report))
    }
}

extension AttemptRunner {
    /// What the program logged through MLflow's protocol.
    private func logged(_ context: AttemptContext, _ end: AttemptEnd) -> AttemptCollection.Logged {
        do {
            return try tracking.logged(
                context, AttemptOutcome(end.outcome), endedAt: end.endedAt ?? WallClock.now())
        } catch {
            logger.error("what attempt \(context.attempt) logged cannot be read: \(error)")
            return AttemptCollection.Logged(
                problem: "what the task logged through MLflow cannot be read: \(error)")
        }
    }
}
