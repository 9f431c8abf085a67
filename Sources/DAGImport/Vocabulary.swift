import JSONText

/// What the loader of DAG files accepts, found by asking it: an importer never writes what would be refused, and
/// translates more as soon as the loader understands more.
package struct Vocabulary: Sendable {
    private let accepts: @Sendable (JSONObject) -> Bool

    /// - Parameter accepts: whether this is a DAG file without errors.
    package init(accepts: @escaping @Sendable (JSONObject) -> Bool) {
        self.accepts = accepts
    }

    /// Whether this is a DAG file without errors.
    func isAccepted(_ dag: JSONObject) -> Bool { accepts(dag) }

    /// Whether a DAG may have these members.
    func hasDAG(_ members: JSONObject) -> Bool {
        let dag: JSONObject = ["dag_id": "probe", "tasks": [["task_id": "probe", "type": "noop"]]]
        return accepts(dag.merging(members))
    }

    /// Whether a task may have these members; it runs a command unless they say otherwise.
    func hasTask(_ members: JSONObject, dag: JSONObject = [:]) -> Bool {
        var task: JSONObject = ["task_id": "probe"]
        if members["type"] == nil { task["command"] = "true" }
        let whole: JSONObject = ["dag_id": "probe", "tasks": [.object(task.merging(members))]]
        return accepts(whole.merging(dag))
    }

    /// Whether a task may tear down what another one set up.
    var hasTeardown: Bool {
        let setup: JSONObject = ["task_id": "setup", "command": "true", "setup": true]
        let teardown: JSONObject = [
            "task_id": "teardown", "command": "true", "teardown": true, "depends_on": ["setup"],
        ]
        return accepts(["dag_id": "probe", "tasks": [.object(setup), .object(teardown)]])
    }

    /// Whether `env` may have a value with this template.
    func hasTemplate(_ template: String, dag: JSONObject = [:]) -> Bool {
        hasTask(["env": ["PROBE": .string(template)]], dag: dag)
    }
}
