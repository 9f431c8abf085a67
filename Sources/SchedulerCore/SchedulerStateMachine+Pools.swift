import DAGDomain

extension SchedulerStateMachine {
    mutating func poolChanged(_ pool: Pool, _ step: inout SchedulerStep) {
        guard pools[pool.name] != pool else { return }
        pools[pool.name] = pool
        slots.setPool(pool)
        step.decision.transitions.append(.poolChanged(pool))
    }

    /// Tasks that name a pool that is gone wait; those that hold its slots keep them.
    mutating func poolRemoved(_ name: PoolName, _ step: inout SchedulerStep) {
        guard name != .defaultPool else {
            step.decision.refusal = .poolIsPermanent(name)
            return
        }
        guard pools.removeValue(forKey: name) != nil else {
            step.decision.refusal = .unknownPool(name)
            return
        }
        slots.removePool(name)
        step.decision.transitions.append(.poolRemoved(name))
    }
}
