import DAGDomain
import SchedulerCore

/// Which runs of a DAG a clear or a mark is about.
package struct RunChoice: Sendable {
    /// Nil means those of a range of dates.
    package var runID: RunID?
    /// With a run: also those with an earlier logical date.
    package var includesPast: Bool
    /// With a run: also those with a later logical date.
    package var includesFuture: Bool
    /// Without a run: logical dates, both ends included; nil is no end.
    package var from: Timestamp?
    package var through: Timestamp?

    package init(
        _ runID: RunID?, includesPast: Bool = false, includesFuture: Bool = false, from: Timestamp? = nil,
        through: Timestamp? = nil
    ) {
        self.runID = runID
        self.includesPast = includesPast
        self.includesFuture = includesFuture
        self.from = from
        self.through = through
    }
}

/// What a clear or a mark changes in one run, or would change: read from the scheduler's own decision.
package struct RunChange: Sendable {
    package struct Instance: Hashable, Sendable {
        package let taskID: TaskID
        package let mapIndex: Int
        /// Before the change.
        package let state: TaskInstanceState

        package init(taskID: TaskID, mapIndex: Int, state: TaskInstanceState) {
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.state = state
        }
    }

    package let run: DAGRun
    /// The version that the run is on afterwards.
    package let version: DAGVersionHash
    /// In topological order, then by map index.
    package let instances: [Instance]
    /// Tasks that the run gets with its new version, and those that it loses.
    package let added: [TaskID]
    package let removed: [TaskID]

    package init(
        run: DAGRun, version: DAGVersionHash, instances: [Instance], added: [TaskID], removed: [TaskID]
    ) {
        self.run = run
        self.version = version
        self.instances = instances
        self.added = added
        self.removed = removed
    }

    /// Whether the run is moved onto another version.
    package var isMoved: Bool { run.version != version }
    package var isNothing: Bool { instances.isEmpty && !isMoved }

    /// The tasks of the changed instances, each once, in topological order.
    package var tasks: [TaskID] {
        var seen: Set<TaskID> = []
        return instances.map(\.taskID).filter { seen.insert($0).inserted }
    }
}
