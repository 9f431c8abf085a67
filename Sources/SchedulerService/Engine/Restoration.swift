import DAGDomain
import SchedulerCore
import StateStore

/// Rebuilds the scheduler from what the database holds.
enum Restoration {
    static func machine(
        from store: StateStore, _ library: DefinitionLibrary, _ settings: ServiceSettings
    ) throws -> SchedulerStateMachine {
        let unfinished = try store.loadUnfinished().state
        return try SchedulerStateMachine(
            restoring: unfinished, dag: { try? library.dag($0, $1) },
            configuration: SchedulerConfiguration(parallelism: settings.parallelism),
            seed: UInt64.random(in: .min ... .max))
    }
}
