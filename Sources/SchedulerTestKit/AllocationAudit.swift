import DAGDomain

/// Recounts, from the rows, every limit that a new attempt must respect.
struct AllocationAudit {
    let store: SimulatedStore

    /// An attempt is about to be recorded; its instance is `queued` already.
    func check(
        task: TaskDefinition, run: DAGRun, dag definition: DAG, versions dag: (DAGRun) -> DAG?
    ) throws(SimulationFailure) {
        var poolSlots = 0
        var activeInRun = 0
        for other in store.unfinishedRuns {
            guard let text = dag(other) else { throw SimulationFailure("unknown version") }
            for instance in store.instances[other.number] ?? [] where instance.state.isActive {
                let its = text.tasks[instance.key.task]
                if its.pool == task.pool { poolSlots += its.poolSlots }
                if other.number == run.number { activeInRun += 1 }
            }
        }
        guard let pool = store.pools[task.pool] else {
            throw SimulationFailure("slots of an unknown pool were given")
        }
        guard poolSlots <= pool.capacity else {
            throw SimulationFailure("pool \(pool.name) holds \(poolSlots)")
        }
        guard activeInRun <= definition.settings.maximumActiveTasks else {
            throw SimulationFailure("run \(run.runID) has \(activeInRun) active tasks")
        }
    }
}
