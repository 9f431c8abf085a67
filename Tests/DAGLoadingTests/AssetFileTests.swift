import DAGDomain
import DAGLoading
import JSONText
import Testing

/// Assets in schedules and tasks, as files that are accepted.
@Suite struct AssetFileTests {
    private func settings(_ schedule: String) throws -> DAGSettings {
        let text = """
            {"dag_id": "d", "schedule": \(schedule), "tasks": [{"task_id": "t", "command": "x"}]}
            """
        return try dag(text).settings
    }

    static let examples: [(String, String, [String])] = [
        (#""s3://a""#, "s3://a", ["s3://a"]),
        (#"["a", "b"]"#, "a and b", ["a", "b"]),
        (#"{"all": ["a", {"any": ["b", "c"]}]}"#, "a and (b or c)", ["a", "b", "c"]),
        (
            #"{"any": [{"all": ["a", "b"]}, {"all": ["a", {"uri": "c d"}]}]}"#, "(a and b) or (a and c d)",
            ["a", "b", "c d"]
        ),
    ]

    @Test(arguments: examples)
    func conditions(_ text: String, _ shown: String, _ assets: [String]) throws {
        let settings = try settings("{\"assets\": \(text)}")
        #expect(settings.assets?.description == shown)
        #expect(settings.assets?.assets.map(\.text) == assets)
        #expect(settings.scheduleAssets.map(\.uri.text) == assets)
        #expect(settings.schedule == .manual && settings.runsByItself)
    }

    @Test func aliases() throws {
        let settings = try settings(#"{"assets": {"any": [{"alias": "daily"}, "a"]}}"#)
        #expect(settings.assets == .any([.alias(AssetAliasName("daily")), .asset(AssetURI("a"))]))
        #expect(settings.scheduleAssets.map(\.uri.text) == ["a"] && settings.runsByItself)
        let task = try dag(
            """
            {"dag_id": "d", "params": {"x": 1}, "tasks": [{"task_id": "u", "command": "x"},
             {"task_id": "t", "command": "x", "depends_on": ["u"], "inlets": ["in/{{ ds }}"],
              "outlets": ["s3://fixed", {"alias": "daily"}, {"uri": "s3://{{ params.x }}/{{ outputs.u.n }}", "name": "n"}]}]}
            """
        ).tasks[1]
        #expect(task.outlets == [Asset(AssetURI("s3://fixed"))] && task.inlets.isEmpty)
        #expect(task.lateAssets.aliases == [AssetAliasName("daily")])
        #expect(task.lateAssets.outlets.map(\.name) == ["n"] && task.lateAssets.inlets.count == 1)
    }

    @Test func assetOrTime() throws {
        let cron = try settings(#"{"assets": ["a"], "cron": ["0 6 * * *", "@weekly"]}"#)
        #expect(cron.schedule == .cron([try CronExpression("0 6 * * *"), try CronExpression("@weekly")]))
        #expect(cron.assets == .all([.asset(AssetURI("a"))]))
        let every = try settings(#"{"assets": "a", "every": "6h"}"#)
        #expect(every.schedule == .every(.seconds(21_600)) && every.assets == .asset(AssetURI("a")))
        #expect(try settings(#"{"cron": "@daily"}"#).assets == nil)
    }

    @Test func descriptions() throws {
        let watched = try settings(
            #"{"assets": [{"uri": "file:///in", "name": "in", "group": "raw", "extra": {"team": 1}, "#
                + #""watch": {"path": "in/*.csv", "poke_interval": "5s", "settle": 0}}, {"uri": "b", "watch": "b.csv"}]}"#
        ).scheduleAssets
        #expect(
            watched == [
                Asset(
                    AssetURI("file:///in"), name: "in", group: "raw", extra: ["team": 1],
                    watch: FileWatch(path: "in/*.csv", interval: .seconds(5), settling: .zero)),
                Asset(AssetURI("b"), watch: FileWatch(path: "b.csv")),
            ])
    }

    @Test func inletsAndOutlets() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [{"task_id": "t", "type": "noop", "inlets": ["a"],
             "outlets": ["b", {"uri": "c", "name": "see"}]}]}
            """)
        #expect(dag.tasks[0].inlets == [Asset(AssetURI("a"))])
        #expect(dag.tasks[0].outlets == [Asset(AssetURI("b")), Asset(AssetURI("c"), name: "see")])
        #expect(dag.assets.map(\.uri.text) == ["b", "c", "a"])
    }

    /// The name of an event's asset is a value like any other in an argument, and refused in a shell string.
    @Test func triggeringEventsAreATemplate() throws {
        let text =
            #"{"dag_id":"d","tasks":[{"task_id":"t","command":["x","{{ triggering_asset_events }}"]}]}"#
        #expect(load(text).errors.isEmpty)
        let shell = #"{"dag_id":"d","tasks":[{"task_id":"t","command":"x {{ triggering_asset_events }}"}]}"#
        #expect(load(shell).errors.first?.message.contains("ORCHESTRATOR_ASSET_EVENTS") == true)
    }
}
