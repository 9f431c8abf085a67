import DAGDomain

extension DAG {
    /// A DAG for tests. The version is a text that the test chooses.
    ///
    /// - Precondition: the tasks have no cycle.
    package init(
        _ id: String, version: String = "1", settings: DAGSettings = DAGSettings(), tasks: [TaskDefinition]
    ) {
        do {
            try self.init(
                id: DAGID(id), version: DAGVersionHash(version), path: "/dags/\(id).json", folder: "/dags",
                settings: settings, tasks: tasks)
        } catch {
            preconditionFailure("the test's DAG \(id) has a cycle: \(error.path)")
        }
    }

    /// A DAG by its edges: `["b": ["a"]]` says that b waits for a; tasks are in the order of `tasks`.
    package init(
        _ id: String, version: String = "1", settings: DAGSettings = DAGSettings(), order tasks: [String],
        upstream: [String: [String]] = [:], edit: (inout TaskDefinition) -> Void = { _ in }
    ) {
        let definitions = tasks.map { name in
            var task = TaskDefinition(
                id: TaskID(name), action: .shell("true"),
                dependsOn: (upstream[name] ?? []).map { TaskID($0) })
            edit(&task)
            return task
        }
        self.init(id, version: version, settings: settings, tasks: definitions)
    }

    /// `count` tasks, each waiting for the one before.
    package static func chain(_ id: String, count: Int, settings: DAGSettings = DAGSettings()) -> DAG {
        DAG(
            id, settings: settings,
            tasks: (0..<count).map { index in
                TaskDefinition(
                    id: TaskID("t\(index)"), action: .shell("true"),
                    dependsOn: index == 0 ? [] : [TaskID("t\(index - 1)")])
            })
    }

    /// One root, `width` tasks behind it, one task that waits for all of them.
    package static func fan(_ id: String, width: Int, settings: DAGSettings = DAGSettings()) -> DAG {
        let middle = (0..<width).map { "m\($0)" }
        var upstream = Dictionary(uniqueKeysWithValues: middle.map { ($0, ["root"]) })
        upstream["join"] = middle
        return DAG(id, settings: settings, order: ["root"] + middle + ["join"], upstream: upstream)
    }
}
