import DAGDomain
import DAGLoading
import JSONText
import Testing

/// The ways to run beside a command, read into what their process is given.
@Suite struct WayTests {
    private func action(_ keys: String) throws -> (kind: PerformedAction.Kind, filled: JSONValue)? {
        let text = #"{"dag_id":"d","params":{"n":1},"tasks":[{"task_id":"t",\#(keys)}]}"#
        guard case .performed(let action) = try dag(text).tasks[0].action else { return nil }
        let value = try action.specification.filled { text -> JSONValue in
            .string(
                text.segments.map { segment in
                    switch segment {
                    case .literal(let text): text
                    case .place(let place): "<\(place.reference)>"
                    }
                }.joined())
        }
        return (action.kind, value)
    }

    @Test func readsARequestWithAllKeys() throws {
        let read = try action(
            #"""
            "http": {"url": "https://x/{{ params.n }}", "method": "PUT", "headers": {"A": "b{{ ds }}", "N": 1},
             "body": {"list": [1, "{{ params.n }}", {"deep": "{{ run_id }}"}], "text": "{{ \"{{\" }}"},
             "expected_status": [200, "300-399"], "timeout": "1500ms", "output": "answer"}
            """#)
        #expect(read?.kind == .http)
        #expect(
            read?.filled == [
                "url": "https://x/<params.n>", "method": "PUT", "headers": ["A": "b<ds>", "N": 1],
                "body": ["list": [1, "<params.n>", ["deep": "<run_id>"]], "text": "{{"],
                "expected_status": [[200, 200], [300, 399]], "timeout_ms": 1500, "output": "answer",
            ])
    }

    @Test func fillsInWhatIsUsual() throws {
        #expect(
            try action(#""http": {"url": "http://x"}"#)?.filled == [
                "url": "http://x", "method": "GET", "expected_status": [[200, 299]], "timeout_ms": 60_000,
                "output": "body",
            ])
        #expect(
            try action(#""http": {"url": "http://x", "body": ""}"#)?.filled["method"] == "POST")
    }

    @Test func makesASensorOfARequest() throws {
        let text =
            #"{"dag_id":"d","tasks":[{"id":"t","type":"sensor","http":{"url":"http://x"},"poke_interval":5}]}"#
        let task = try dag(text).tasks[0]
        #expect(task.flow.wait?.condition == .poke)
        #expect(task.flow.wait?.pokeInterval == .seconds(5))
        guard case .performed(let action) = task.action else {
            Issue.record("the sensor makes no request")
            return
        }
        #expect(action.kind == .http)
    }

    @Test func renamesOutputsInGroups() throws {
        let text = #"""
            {"dag_id":"d","task_groups":[{"group_id":"g","tasks":[{"id":"a","command":"x"},
             {"id":"b","depends_on":"a","http":{"url":"http://x","body":["{{ outputs.a.v }}"]}}]}]}
            """#
        guard case .performed(let action) = try dag(text).tasks[1].action else {
            Issue.record("no request")
            return
        }
        let places = action.specification.templates.flatMap(\.places)
        #expect(places.map(\.reference) == [.output(task: TaskID("g.a"), name: "v")])
    }

    @Test func readsAQuery() throws {
        let read = try action(
            #"""
            "sql": {"connection": "warehouse", "query": "SELECT :a", "parameters": {"a": "{{ params.n }}"},
             "rows": "r/a.csv"}
            """#)
        #expect(read?.kind == .sql)
        #expect(
            read?.filled == [
                "connection_id": "warehouse", "connection": "<conn.warehouse.uri>", "query": "SELECT :a",
                "parameters": ["a": "<params.n>"], "output": "result", "rows": "r/a.csv",
            ])
        let text = #"{"dag_id":"d","tasks":[{"id":"t","sql":{"database":"x","query":"y","rows":"r.csv"}}]}"#
        #expect(try dag(text).tasks[0].artifacts == [ArtifactDeclaration(name: "r.csv", path: "r.csv")])
    }

    @Test func readsAContainer() throws {
        let read = try action(
            #"""
            "termination_grace": 10, "container": {"image": "i:{{ params.n }}", "command": ["a", "{{ ds }}"],
             "args": ["b"], "env": {"A": "{{ run_id }}"}, "volumes": ["/a:/b:ro"], "engine": "docker"}
            """#)
        #expect(read?.kind == .container)
        #expect(
            read?.filled == [
                "image": "i:<params.n>", "args": ["b"], "volumes": ["/a:/b:ro"], "env": ["A": "<run_id>"],
                "command": ["a", "<ds>"], "engine": "docker", "stop_seconds": 8,
            ])
    }

    @Test(arguments: [
        ("SELECT :a, $2 FROM t WHERE x = ? -- :c\n AND y = :a", ["a"], 2, 1, 1),
        ("SELECT ':a', \":b\", E'\\':c', $x$ :d $x$ /* :e ; */, f[1:2], g::int, 'it''s :h'", [], 0, 0, 1),
        ("INSERT INTO t VALUES (:a,:b); SELECT '; ' ; ; -- end;", ["a", "b"], 0, 0, 2),
        ("  ;\n-- nothing", [], 0, 0, 0),
        ("SELECT 'not closed :a", [], 0, 0, 1),
    ])
    func findsParameters(
        _ text: String, _ names: [String], _ highest: Int, _ anonymous: Int, _ statements: Int
    ) {
        let scan = SQLText(text)
        #expect(scan.names == names)
        #expect(scan.highestNumber == highest)
        #expect(scan.anonymousCount == anonymous)
        #expect(scan.statementCount == statements)
    }

    @Test func numbersParameters() {
        #expect(SQLText("SELECT :b, :a, ':b', :b").withNumbers == "SELECT $1, $2, ':b', $1")
    }
}
