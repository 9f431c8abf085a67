import DAGDomain

/// A layered DAG of 1,000 tasks: 20 layers of 50, each task below three of the layer before.
struct Workload {
    static let layers = 20
    static let tasksOfLayer = 50

    let dag: DAG

    /// - Parameter width: how many tasks of a run may be active at once.
    init(width: Int) throws {
        var tasks: [TaskDefinition] = []
        for layer in 0..<Self.layers {
            for place in 0..<Self.tasksOfLayer {
                let upstream = layer == 0 ? [] : [0, 7, 19].map { (place + $0) % Self.tasksOfLayer }
                tasks.append(
                    TaskDefinition(
                        id: Self.id(layer, place), action: .shell("true"),
                        dependsOn: upstream.map { Self.id(layer - 1, $0) }))
            }
        }
        dag = try DAG(
            id: DAGID("layered"), version: DAGVersionHash("0"), path: "/dags/layered.json", folder: "/dags",
            settings: DAGSettings(maximumActiveRuns: 1, maximumActiveTasks: width), tasks: tasks)
    }

    private static func id(_ layer: Int, _ place: Int) -> TaskID {
        TaskID("layer_\(layer)_task_\(place)")
    }
}
