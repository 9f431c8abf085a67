import DAGDomain
import LifecycleCore
import SchedulerCore
import StateStore

/// Rebuilds the scheduler from what the database holds.
enum Restoration {
    static func machine(
        from store: StateStore, _ library: DefinitionLibrary, _ settings: ServiceSettings
    ) throws -> SchedulerStateMachine {
        let unfinished = try store.loadUnfinished().state
        let outputs = try outputs(of: unfinished.runs, in: store, library)
        return try SchedulerStateMachine(
            restoring: unfinished, dag: { try? library.dag($0, $1) }, outputs: { outputs[$0] ?? [] },
            configuration: SchedulerConfiguration(
                parallelism: settings.parallelism, aging: Aging(interval: settings.agingInterval)),
            seed: UInt64.random(in: .min ... .max))
    }

    static func models(from store: StateStore) throws -> ModelRegistry {
        var registry = ModelRegistry()
        for model in try store.modelHistories() {
            registry.restore(model.name, next: model.next, versions: model.versions, changes: model.changes)
        }
        return registry
    }

    private static func outputs(
        of runs: [UnfinishedState.Run], in store: StateStore, _ library: DefinitionLibrary
    ) throws -> [TaskInstanceKey: [TaskOutput]] {
        var outputs: [TaskInstanceKey: [TaskOutput]] = [:]
        for entry in runs {
            guard let dag = try? library.dag(entry.run.dagID, entry.run.version) else { continue }
            outputs.merge(try store.watchedOutputs(of: entry.run.number, in: dag)) { known, _ in known }
        }
        return outputs
    }
}
