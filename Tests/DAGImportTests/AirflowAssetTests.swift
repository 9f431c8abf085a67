import DAGLoading
import JSONText
import Testing

@testable import DAGImport

/// Aliases under which tasks tell of assets while they run.
@Suite struct AirflowAssetTests {
    @Test(arguments: Fixtures.airflowVersions)
    func aliasesAreUpdatedAndWaitedFor(_ version: String) throws {
        let written = try importAirflow("\(version)/aliases_written.json")
        let dag = try #require(written.dags.first)
        let outlets = try #require(dag.task("split")?["outlets"]?.arrayValue)
        #expect(outlets.first == ["alias": "daily files"])
        #expect(outlets.last?["uri"] == "s3://bucket/report" && outlets.last?["extra"] == ["team": "sales"])
        // What runs nothing has nothing to tell.
        #expect(dag.task("only_aliases")?["outlets"] == nil)
        #expect(written.notes("only_aliases", "outlets").map(\.kind) == [.untranslated, .untranslated])
        let note = try #require(written.notes("split", "outlets").first)
        #expect(note.kind == .different && note.message.contains("$ORCHESTRATOR_OUTLETS"))
        #expect(note.advice.contains(#"{"alias":"daily files","asset":"URI"}"#), "\(note.advice)")
        #expect(written.notes("reader", "inlets").map(\.kind) == [.untranslated])
        #expect(dag.task("reader")?["inlets"] == nil)
        #expect(load(dag.json).errors.isEmpty)
        // A loader without aliases has them listed.
        let listed = try importAirflow("\(version)/aliases_written.json", .nothing)
        #expect(listed.notes("split", "outlets").map(\.kind) == [.untranslated])

    }

    @Test func aScheduleWaitsForAnAlias() throws {
        let awaited = try importAirflow("airflow-3.3.2/aliases_awaited.json")
        #expect(awaited.dags.first?.json["schedule"] == ["assets": ["all": [["alias": "daily files"]]]])
        let both = try importAirflow("airflow-3.3.2/aliases_and_assets.json").dags.first?.json["schedule"]
        let parts = try #require(both?["assets"]?["any"]?.arrayValue)
        #expect(parts.count == 2 && parts.contains(["alias": "daily files"]))
    }

    /// Airflow 2 writes what the alias stood for at that moment, here nothing: it is listed, not guessed.
    @Test(arguments: ["aliases_awaited", "aliases_and_assets"])
    func anAliasThatAirflow2HasResolvedIsListed(_ name: String) throws {
        let result = try importAirflow("airflow-2.11.2/\(name).json")
        #expect(result.dags.first?.json["schedule"] == .null)
        #expect(result.notes(nil, "schedule").map(\.kind) == [.untranslated])
    }
}
