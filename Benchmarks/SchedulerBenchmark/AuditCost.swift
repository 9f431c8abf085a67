import DAGDomain
import SchedulerCore

/// What one look of the watchdog costs: it goes through every row of the unfinished runs.
enum AuditCost {
    /// - Parameter tasks: how many the unfinished runs have together: one run for each 1,000, of which a few tasks run,
    ///   some are ready and most wait.
    static func measure(tasks: Int) throws -> Duration {
        let workload = try Workload(width: 32)
        var machine = SchedulerStateMachine(
            configuration: SchedulerConfiguration(parallelism: 32), seed: 1)
        let now = Timestamp(secondsSinceEpoch: 1_767_225_600)
        var settings = workload.dag.settings
        settings.maximumActiveRuns = tasks
        let dag = try DAG(
            id: workload.dag.id, version: workload.dag.version, path: workload.dag.path,
            folder: workload.dag.folder, settings: settings, tasks: workload.dag.tasks)
        _ = machine.handle(.dagLoaded(dag, pausedAtCreation: false), at: now)
        for _ in 0..<max(1, tasks / dag.tasks.count) {
            _ = machine.handle(.runRequested(RunRequest(dagID: dag.id, trigger: .commandLine)), at: now)
        }
        _ = machine.dispatch(at: now)
        let clock = ContinuousClock()
        let laps = (0..<21).map { _ in clock.measure { precondition(machine.anomalies(at: now).isEmpty) } }
        return laps.sorted()[laps.count / 2]
    }
}
