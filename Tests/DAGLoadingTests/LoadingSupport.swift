import DAGDomain
import DAGLoading
import Testing

/// Loads a text as if it were the file `/dags/test.json`.
func load(_ text: String) -> DAGFile {
    DAGLoader().load(bytes: Array(text.utf8), path: "/dags/test.json", folder: "/dags")
}

/// The errors of a text, each as `line:column: message`.
func errors(_ text: String) -> [String] { load(text).errors.map(\.description) }

/// The definition in a text that must be right.
func dag(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> DAG {
    let file = load(text)
    #expect(file.errors.map(\.description) == [], sourceLocation: location)
    return try #require(file.dag, sourceLocation: location)
}

/// A file of one task with more keys, and of a DAG with more keys; both on line 1.
func task(_ keys: String) -> String { "{\"dag_id\":\"d\",\"tasks\":[{\"task_id\":\"t\",\(keys)}]}" }
func settings(_ keys: String) -> String {
    "{\"dag_id\":\"d\",\"tasks\":[{\"task_id\":\"t\",\"command\":\"true\"}],\(keys)}"
}
