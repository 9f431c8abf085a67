import DAGDomain
import SchedulerService
import StateStore

/// A run with everything an answer about it needs.
struct RunView: Sendable {
    let row: RunRow
    let dag: DAG
    /// By task index, then map index.
    let instances: [InstanceRow]

    var run: DAGRun { row.run }

    /// Inside `Backend.reading` only.
    init(row: RunRow, backend: Backend) throws {
        self.row = row
        dag = try backend.controlPlane.definition(of: row.run)
        var filter = InstanceFilter()
        filter.limit = Int(Int32.max)
        instances = try backend.store.instances(of: row.run.number, filter).rows
    }

    /// The instances of the given tasks.
    func instances(of tasks: [TaskID]) -> [InstanceRow] {
        let wanted = Set(tasks)
        return instances.filter { wanted.contains($0.taskID) }
    }
}
