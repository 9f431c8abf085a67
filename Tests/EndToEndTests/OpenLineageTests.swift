import JSONText
import Testing

/// OpenLineage events, judged by the classes of the package openlineage-python.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct OpenLineageTests {
    private static let dag = """
        {"dag_id": "ol", "description": "about it", "tasks": [
        {"task_id": "a", "description": "makes data", "inputs": ["ol.json"], "artifacts": ["d.csv"],
         "command": "printf 'x,y\\n1,a\\n2,b\\n' > $ORCHESTRATOR_ARTIFACTS/d.csv"},
        {"task_id": "b", "depends_on": ["a"], "command": "exit 3"}]}
        """

    private func types(_ events: [JSONValue]) -> [String] {
        events.map { "\($0["job"]?["name"]?.stringValue ?? "") \($0["eventType"]?.stringValue ?? "")" }
    }

    private static let expected = [
        "ol START", "ol.a START", "ol.a COMPLETE", "ol.b START", "ol.b FAIL", "ol FAIL",
    ]

    /// An endpoint that does not answer at first is told later, once and in order.
    @Test func anEndpointIsToldWhatItsOwnClassesAccept() throws {
        try Installation.with { installation in
            let server = try TestServer("openlineage_server", installation, "1")
            try installation.dag("ol", Self.dag)
            let daemon = try installation.start(
                environment: [
                    "ORCHESTRATOR_OPENLINEAGE_URL": "http://127.0.0.1:\(server.port)/api/v1/lineage",
                    "ORCHESTRATOR_OPENLINEAGE_API_KEY": "k", "ORCHESTRATOR_OPENLINEAGE_NAMESPACE": "ns",
                ])
            let run = try daemon.trigger("ol", ["logical_date": "2026-01-02T00:00:00Z"])
            #expect(try daemon.waitForRun("ol", run).state == "failed")
            let lines = try server.lines("events", atLeast: 6)
            for line in lines {
                #expect(line["problem"] == .null && line["authorization"] == "Bearer k", "\(line.text())")
            }
            let events = lines.compactMap { $0["event"] }
            #expect(types(events) == Self.expected)
            let made = try #require(events[2]["outputs"]?.arrayValue?.first)
            #expect(made["namespace"] == "ns" && made["name"] == "ol.a.d.csv")
            #expect(made["facets"]?["schema"]?["fields"]?.arrayValue?.count == 2)
            #expect(made["outputFacets"]?["outputStatistics"]?["rowCount"]?.intValue == 2)
            let read = try #require(events[2]["inputs"]?.arrayValue?.first)
            #expect(
                read["namespace"] == "file" && read["name"]?.stringValue == installation.dags + "/ol.json")
            #expect(events[4]["inputs"]?.arrayValue?.first?["name"] == "ol.a.d.csv")
            #expect(events[4]["run"]?["facets"]?["errorMessage"]?["message"] == "b: exit code 3")
            #expect(
                events[1]["run"]?["facets"]?["parent"]?["run"]?["runId"] == events[0]["run"]?["runId"])
            #expect(
                events[0]["run"]?["facets"]?["nominalTime"]?["nominalStartTime"]?.stringValue?.hasPrefix(
                    "2026-01-02")
                    == true)
        }
    }

    @Test func aFileGetsALineForEachEvent() throws {
        try Installation.with { installation in
            let file = installation.path("events.jsonl")
            let dag = try installation.dag("ol", Self.dag)
            let run = try installation.call("run", dag, environment: ["ORCHESTRATOR_OPENLINEAGE_FILE": file])
            #expect(run.status == 1)
            #expect(types(try Files.lines(file).map { try JSONValue.parse($0) }) == Self.expected)
            // Without the setting nothing is noted.
            #expect(try installation.call("run", dag).status == 1)
            #expect(Files.lines(file).count == Self.expected.count)
            let both = try installation.call(
                "run", dag,
                environment: [
                    "ORCHESTRATOR_OPENLINEAGE_FILE": file, "ORCHESTRATOR_OPENLINEAGE_URL": "http://x/",
                ])
            #expect(both.status == 78)
        }
    }
}
