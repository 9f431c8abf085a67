import DAGDomain
import LifecycleCore
import SchedulerCore

/// How an engine is set up, and whom it tells what it cannot decide itself.
struct EngineConfiguration: Sendable {
    var executesTasks: Bool
    /// Whether what OpenLineage is to be told is noted with the changes.
    var notesLineage = false
    /// What an MLflow server of the person's own is to be told of changes, noted with them; nil without such a server.
    var trackingSteps: (@Sendable ([Transition], Timestamp) -> [TrackingStep])?
    /// Rebuilds the machine from what the store holds.
    var restore: @Sendable () throws -> SchedulerStateMachine
    /// The same for the registry of models.
    var restoreModels: @Sendable () throws -> ModelRegistry
    /// The host cannot go on.
    var onFatal: @Sendable (any Error) -> Void
    /// Writing stopped working (why), or works again (nil).
    var onDegraded: @Sendable (String?) -> Void
    /// How often the watchdog looks; nil for never.
    var watchdogInterval: Duration?
    /// What the watchdog's look came to, and what it cost.
    var onLook: @Sendable ([WatchdogReport.Finding], _ at: Timestamp, _ cost: Duration) -> Void
}

/// A question or wish from outside, answered between two events.
struct EngineRequest: Sendable {
    let run: @Sendable (isolated SchedulerEngine) -> EngineReply
    let refuse: @Sendable (ControlPlaneError) -> Void

    init(
        run: @escaping @Sendable (isolated SchedulerEngine) -> EngineReply,
        refuse: @escaping @Sendable (ControlPlaneError) -> Void
    ) {
        self.run = run
        self.refuse = refuse
    }
}

/// An answer that is delivered once the batch is committed (nil), or could not be.
struct EngineReply: Sendable {
    let deliver: @Sendable (ControlPlaneError?) -> Void
}

/// Does what the scheduler decided; called on the scheduler's queue after the commit, and must not block it.
protocol ActionPerformer: Sendable {
    func committed(_ transitions: [Transition])
    func perform(_ action: SchedulerAction)
    /// Has every attempt that the database holds as live reported again, as after a start.
    func reconcile()
    /// Those of the attempts under way about which nothing is being done.
    func abandoned(among attempts: [Attempt]) -> [Attempt]
    /// Takes such attempts up again, wherever they stand.
    func resume(_ attempts: [Attempt])
}
