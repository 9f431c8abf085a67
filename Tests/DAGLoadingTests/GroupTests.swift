import DAGDomain
import JSONText
import Testing

@testable import DAGLoading

@Suite struct GroupTests {
    /// Every task with what it waits for.
    private func edges(_ dag: DAG) -> [String] {
        dag.tasks.map { task in "\(task.id) <- \(task.dependsOn.map(\.text).joined(separator: " "))" }
    }

    @Test func flattensGroups() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [
              {"id": "start", "command": "x"}, {"id": "end", "command": "x", "needs": [{"task": "load", "on": "done"}]}],
             "task_groups": [
              {"group_id": "load", "tooltip": "in parts", "depends_on": "start", "tasks": [
                {"id": "a", "command": "x"}, {"id": "b", "command": "x", "needs": "a"}],
               "task_groups": [{"group_id": "deep", "needs": ["a"], "tasks": {"c": {"command": "x"}, "d": {"command": "x"}}}]},
              {"id": "flat", "prefix_group_id": false, "needs": ["load.deep"], "tasks": [{"id": "e", "command": "x"}],
               "task_groups": [{"id": "in", "tasks": [{"id": "f", "command": "x", "needs": ["e", "flat_end"]}]}]},
              {"id": "last", "tasks": [{"id": "flat_end", "command": "x"}], "prefix_group_id": false}]}
            """)
        #expect(
            edges(dag) == [
                "start <- ", "end <- load.b load.deep.c load.deep.d", "load.a <- start", "load.b <- load.a",
                "load.deep.c <- load.a", "load.deep.d <- load.a", "e <- load.deep.c load.deep.d",
                "in.f <- e flat_end", "flat_end <- ",
            ])
        #expect(dag.tasks[1].flow.edgeConditions.count == 3)
        #expect(
            dag.groups == [
                TaskGroup(id: TaskID("load"), tooltip: "in parts", tasks: [2, 3, 4, 5]),
                TaskGroup(id: TaskID("load.deep"), tasks: [4, 5]),
                TaskGroup(id: TaskID("flat"), tasks: [6, 7]),
                TaskGroup(id: TaskID("in"), tasks: [7]), TaskGroup(id: TaskID("last"), tasks: [8]),
            ])
    }

    @Test func findsTheInnermostName() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [{"id": "x", "command": "x"}, {"id": "y", "command": "x"}], "task_groups": [
              {"group_id": "g", "tasks": [
                {"id": "x", "command": "x", "needs": "x"}, {"id": "z", "command": ["{{ outputs.x.o }}"], "needs": ["x", "g.x", "y"],
                 "env": {"E": "{{ outputs.g.x.o }}"}, "when": "outputs.x.o == outputs.g.x.o"}]}]}
            """)
        #expect(edges(dag) == ["x <- ", "y <- ", "g.x <- x", "g.z <- g.x y"])
        let inner = TemplateText(segments: [.place(TemplatePlace(.output(task: TaskID("g.x"), name: "o")))])
        #expect(dag.tasks[3].action == .arguments([inner]))
        #expect(dag.tasks[3].environment == [EnvironmentEntry(name: "E", value: inner)])
        let output = ConditionExpression.output(task: TaskID("g.x"), name: "o")
        #expect(dag.tasks[3].flow.condition?.expression == .comparison(.equal, output, output))
    }

    @Test func readsDefaultsAndMappings() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "default_args": {"retries": 1, "pool": "p"}, "tasks": [{"id": "list", "command": "x"}],
             "task_groups": [{"group_id": "g", "needs": "list", "default_args": {"retries": 2},
              "expand": {"file": {"task": "list", "output": "files"}, "n": [1]}, "max_parallel": 3, "fail_fast": true,
              "tasks": [{"id": "a", "command": ["{{ params.file }}"]},
                        {"id": "b", "needs": "a", "command": "x", "retries": 3, "max_active_tis_per_dagrun": 1}]}]}
            """)
        #expect(dag.tasks.map(\.retry.retries) == [1, 2, 3])
        #expect(dag.tasks.map(\.pool.text) == ["p", "p", "p"])
        #expect(dag.tasks.map(\.flow.maximumActivePerRun) == [nil, 3, 1])
        #expect(dag.tasks.map(\.flow.failsFast) == [false, true, true])
        #expect(dag.tasks.map(\.flow.mapping) == [nil, nil, nil])
        #expect(
            dag.groups[0].mapping
                == TaskMapping(
                    .product([
                        .init(name: "file", values: .output(task: TaskID("list"), name: "files")),
                        .init(name: "n", values: .literal([1])),
                    ])))
    }

    /// What comes after a group waits for its work, not for its teardown.
    @Test func passesOverTeardownsAtTheEnd() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [{"id": "after", "command": "x", "needs": "g"}], "task_groups": [{"group_id": "g", "tasks": [
              {"id": "up", "command": "x", "setup": true}, {"id": "work", "command": "x", "needs": "up"},
              {"id": "down", "command": "x", "teardown": true, "needs": ["up", "work"]}]}]}
            """)
        #expect(edges(dag)[0] == "after <- g.work")
    }

    @Test func limitsTheEdgesBetweenGroups() {
        let tasks = { (count: Int) in
            (0..<count).map { "{\"id\":\"t\($0)\",\"command\":\"x\"}" }.joined(separator: ",")
        }
        let text = { (first: Int, second: Int) in
            """
            {"dag_id":"d","task_groups":[{"group_id":"a","tasks":[\(tasks(first))]},
            {"group_id":"b","needs":["a"],"tasks":[\(tasks(second))]}]}
            """
        }
        #expect(errors(text(300, 300)) == [])
        #expect(
            errors(text(1_000, 1_001)) == [
                "2:26: between groups there are 1001000 edges up to here, at most 1000000 are allowed; put a noop "
                    + "task between them"
            ])
    }
}
