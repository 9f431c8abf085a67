import ArgumentParser
import Foundation
import JSONText
import Testing

@testable import orchestrator

@Suite("Drawings, differences, requests")
struct DrawingTests {
    private let diamond = GraphDrawing(
        name: "d",
        nodes: [
            .init(id: "a", role: "etl", upstream: []), .init(id: "b", role: "task", upstream: ["a"]),
            .init(id: "c", role: "task", upstream: ["a"]),
            .init(id: "e", role: "task", upstream: ["b", "c"]),
        ])

    @Test("The tree shows every edge once")
    func tree() {
        #expect(diamond.tree() == "d\n└─ a (etl)\n   ├─ b\n   │  └─ e\n   └─ c\n      └─ e ↑\n")
    }

    @Test("A chain of 100,000 tasks and a wide fan do not exhaust the stack")
    func deep() {
        let chain = (0..<100_000).map {
            GraphDrawing.Node(id: "t\($0)", role: "task", upstream: $0 == 0 ? [] : ["t\($0 - 1)"])
        }
        // Indentation grows with depth, so only the edges of a shorter one are drawn as text.
        #expect(
            GraphDrawing(name: "d", nodes: Array(chain.prefix(2_000))).tree().utf8.filter { $0 == 10 }.count
                == 2_001)
        #expect(GraphDrawing(name: "d", nodes: chain).dot().contains("\"t99998\" -> \"t99999\""))
    }

    @Test("Graphviz and Mermaid")
    func formats() {
        #expect(diamond.dot().contains("  \"b\" -> \"e\";\n"))
        #expect(diamond.mermaid().contains("  t2 --> t3\n"))
        #expect(diamond.mermaid().contains("  t0[\"a\"]\n"))
    }

    @Test("Groups are boxes around their tasks, and mapped tasks are seen as such")
    func groups() {
        let drawing = GraphDrawing(
            name: "d",
            nodes: [
                .init(id: "a", role: "task", upstream: []),
                .init(id: "g.b", role: "task", upstream: ["a"], group: "g", mapping: "expand n"),
                .init(id: "g.h.c", role: "etl", upstream: ["g.b"], group: "g.h", mapping: "expand n"),
            ],
            groups: [
                .init(id: "g", parent: nil, mapping: "expand n"), .init(id: "g.h", parent: "g", mapping: nil),
            ])
        #expect(
            drawing.tree() == "d\n└─ a\n   └─ g.b (expand n)\n      └─ g.h.c (etl; expand n)\n")
        #expect(
            drawing.mermaid().contains(
                "  subgraph g0[\"g (expand n)\"]\n    t1[[\"g.b (expand n)\"]]\n    subgraph g1[\"g.h\"]\n"))
        #expect(drawing.mermaid().components(separatedBy: "end\n").count == 3)
        #expect(drawing.dot().contains("subgraph cluster_0 {\n    label=\"g (expand n)\";\n"))
        #expect(drawing.dot().contains("\"g.b\" [label=\"g.b (expand n)\", peripheries=2];"))
    }

    @Test("Two runs differ in parameters, states and metrics")
    func difference() {
        func run(_ state: String, _ auc: JSONValue, _ conf: JSONObject) -> JSONObject {
            let instance: JSONValue = [
                "task_id": "e", "map_index": -1, "state": .string(state), "try_number": 1,
                "metrics": [["name": "auc", "value": auc]],
            ]
            return ["state": .string(state), "conf": .object(conf), "task_instances": [instance]]
        }
        let rows = RunDifference(run("success", 1, ["n": 1]), run("failed", 2, ["m": 1])).rows
        #expect(
            rows.compactMap { $0["what"]?.stringValue } == ["state", "conf n", "conf m", "e state", "e auc"])
        #expect(RunDifference(run("success", 1, [:]), run("success", 1, [:])).rows.isEmpty)
    }

    @Test("Parameters, configuration and dates become the body of a request")
    func requestBody() throws {
        let options = try RunRequestOptions.parse([
            "--param", "a=b=c", "--param", "empty=", "--conf", #"{"x": 1}"#, "--logical-date", "2026-01-01",
            "--run-id", "r",
        ])
        let body = try options.body()
        #expect(body["params"] == [["name": "a", "text": "b=c"], ["name": "empty", "text": ""]])
        #expect(body["conf"] == ["x": 1])
        #expect(body["logical_date"] == "2026-01-01T00:00:00.000000Z")
        #expect(body["run_id"] == "r")
        #expect(body["note"] == nil)
    }

    @Test(
        "Wrong parameters and configurations are refused before anything is asked for",
        arguments: [
            (["--param", "novalue"], orchestrator.ExitStatus.wrongUsage), (["--param", "=x"], .wrongUsage),
            (["--conf", "{"], .badData),
            (["--conf", "[1]"], .badData), (["--conf", "@/no/such/file"], .notFound),
            (["--logical-date", "soon"], .badData),
        ])
    func wrongRequest(_ arguments: [String], _ status: orchestrator.ExitStatus) throws {
        let options = try RunRequestOptions.parse(arguments)
        do {
            _ = try options.body()
            Issue.record("accepted")
        } catch {
            #expect(CommandFailure(describing: error).status == status)
        }
    }

    @Test("A text with a slash or .json is a file, another one a DAG")
    func runOrder() throws {
        #expect(try RunOrder(target: "hello", body: [:]).target == .dag("hello"))
        #expect(throws: CommandFailure(.notFound, "there is no file ./x")) {
            try RunOrder(target: "./x", body: [:])
        }
        #expect(throws: CommandFailure(.notFound, "there is no file x.json")) {
            try RunOrder(target: "x.json", body: [:])
        }
    }

    @Test(
        "The SQLite versions with the log-reset bug",
        arguments: [
            ("3.6.23", false), ("3.7.0", true), ("3.40.1", true), ("3.51.2", true), ("3.51.3", false),
            ("4.0", false),
        ])
    func sqliteBug(_ version: String, _ hasBug: Bool) {
        #expect(SQLiteLibrary.hasLogResetBug(version) == hasBug)
    }

    @Test("Global options may stand before the command")
    func globalOptions() {
        #expect(ArgumentOrder.globalOptionsLast(["dags", "list"]) == ["dags", "list"])
        #expect(
            ArgumentOrder.globalOptionsLast([
                "--home", "/h", "--output=json", "--no-color", "dags", "list", "--tag", "x",
            ])
                == ["dags", "list", "--tag", "x", "--home", "/h", "--output=json", "--no-color"])
        #expect(
            ArgumentOrder.globalOptionsLast(["--home", "/h", "run", "--", "-x"]) == [
                "run", "--home", "/h", "--", "-x",
            ])
        #expect(ArgumentOrder.globalOptionsLast(["--home"]) == ["--home"])
        #expect(ArgumentOrder.globalOptionsLast(["--version"]) == ["--version"])
    }

    @Test(
        "Every command of the contract of this version is there",
        arguments: [
            "start", "run", "trigger", "validate", "dags list", "dags show", "dags pause", "dags unpause",
            "dags next", "dags graph",
            "dags delete", "runs list", "runs show", "runs cancel", "runs clear", "runs mark", "runs delete",
            "runs wait",
            "runs diff", "tasks list", "tasks show", "tasks clear", "tasks mark", "tasks outputs", "logs",
            "why", "plan",
            "cron next", "pools list", "pools get", "pools set", "pools delete", "pools export",
            "pools import", "db check",
            "db backup", "db info", "db restore", "doctor", "status", "schema", "init", "completions install",
        ])
    func commands(_ path: String) {
        #expect(Self.leaves(of: OrchestratorCommand.self).contains(path))
    }

    /// The commands without subcommands, by their words.
    private static func leaves(of command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.flatMap { child in
            let name = child.configuration.commandName ?? ""
            let below = leaves(of: child)
            return below.isEmpty ? [name] : below.map { name + " " + $0 }
        }
    }
}
