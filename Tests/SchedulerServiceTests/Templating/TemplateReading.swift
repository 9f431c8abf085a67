import DAGDomain
import DAGLoading
import JSONText
import Testing

/// Templates as the loader reads them.
enum TemplateReading {
    static func template(_ text: String) throws -> TemplateText {
        let file: JSONObject = [
            "dag_id": "d",
            "params": [
                "name": "", "count": 0, "list": [], "flag": true, "deep": [:], "empty": "", "host": "",
                "missing": "", "nope": "",
            ],
            "tasks": [
                ["task_id": "train", "command": "x"],
                ["task_id": "t", "command": ["run", .string(text)], "depends_on": ["train"]],
            ],
        ]
        let loaded = DAGLoader().load(
            bytes: Array(JSONValue.object(file).text().utf8), path: "d.json", folder: "/x")
        let dag = try #require(loaded.dag, "\(loaded.errors)")
        guard case .arguments(let arguments) = dag.tasks[1].action else { throw Missing() }
        return arguments[1]
    }

    struct Missing: Error {}
}
