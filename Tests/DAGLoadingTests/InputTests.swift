import DAGDomain
import Testing

@testable import DAGLoading

@Suite struct InputTests {
    /// A text is an upstream artifact when there is one of that name, else a path; ids and names may have dots.
    @Test func inputsAreFilesOrUpstreamArtifacts() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [
             {"id": "a", "command": "x", "artifacts": ["r.csv"]},
             {"id": "a.b", "command": "x", "artifacts": [{"name": "r.csv", "path": "x"}]},
             {"id": "t", "command": "x", "needs": ["a", "a.b"], "inputs": [
               "a.r.csv", "a.b.r.csv", "a.q.csv", "/data/a.csv", {"path": "a.r.csv", "name": "file"},
               {"artifact": "a.r.csv", "name": "again"}]}]}
            """)
        let sources = dag.tasks[2].inputs.map(\.source)
        #expect(
            sources == [
                .artifact(task: TaskID("a"), name: "r.csv"), .artifact(task: TaskID("a.b"), name: "r.csv"),
                .file(path: "a.q.csv"), .file(path: "/data/a.csv"), .file(path: "a.r.csv"),
                .artifact(task: TaskID("a"), name: "r.csv"),
            ])
        #expect(
            dag.tasks[2].inputs.map(\.name)
                == ["a.r.csv", "a.b.r.csv", "a.q.csv", "/data/a.csv", "file", "again"])
    }

    /// Inside a group the short id of a task is enough.
    @Test func aShortIDIsEnoughInsideAGroup() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "task_groups": [{"group_id": "g", "tasks": [
             {"id": "a", "command": "x", "artifacts": ["m"]},
             {"id": "t", "command": "x", "needs": ["a"], "inputs": ["a.m"]}]}]}
            """)
        #expect(dag.tasks[1].inputs.map(\.source) == [.artifact(task: TaskID("g.a"), name: "m")])
    }
}
