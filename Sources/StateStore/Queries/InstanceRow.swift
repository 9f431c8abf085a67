import DAGDomain

/// A task instance as lists show it.
package struct InstanceRow: Hashable, Sendable {
    package let instance: TaskInstance
    package let dagID: DAGID
    package let runID: RunID
    package let logicalDate: Timestamp?
    package let runAfter: Timestamp
    package let versionNumber: Int
    package let taskID: TaskID
    package let role: TaskRole
    package let pool: PoolName
    package let poolSlots: Int
    /// When its state last changed.
    package let updatedAt: Timestamp
}

/// Which instances of a run a list shows; nil is no condition.
package struct InstanceFilter: Hashable, Sendable {
    package var taskIDs: [TaskID]?
    /// Patterns of SQL's LIKE, any of which may match.
    package var taskIDPatterns: [String]?
    package var states: [TaskInstanceState]?
    package var pools: [PoolName]?
    package var mapIndices: [Int]?
    /// Only instances with a map index.
    package var isMapped = false
    package var descending = false
    package var limit = 100
    package var offset = 0

    package init() {}
}

/// Slots of a pool that instances hold or wait for.
package struct PoolRow: Hashable, Sendable {
    package let pool: Pool
    package let runningSlots: Int
    package let queuedSlots: Int
    /// Wanted by instances whose trigger rule holds.
    package let scheduledSlots: Int

    package var occupiedSlots: Int { runningSlots + queuedSlots }
    package var openSlots: Int { pool.slots - occupiedSlots }
}

/// What an upstream instance offers to those that read it.
package struct InstanceData: Hashable, Sendable {
    package let key: TaskInstanceKey
    package var outputs: [TaskOutput] = []
    package var artifacts: [ArtifactReference] = []
}

/// How long something took, on average over its last successes.
package struct DurationRow: Hashable, Sendable {
    package let average: Duration
    package let samples: Int

    package init(average: Duration, samples: Int) {
        self.average = average
        self.samples = samples
    }
}
