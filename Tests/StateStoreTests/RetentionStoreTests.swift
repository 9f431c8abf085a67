import DAGDomain
import JSONText
import Testing

@testable import StateStore

@Suite struct RetentionStoreTests {
    /// What a version of a model needs is its file, its reference and the data that it was made from.
    @Test func whatAModelNeedsIsNamed() throws {
        let home = try TemporaryHome()
        let store = try Fixture().store(home)
        let hashes = "abcd".map { String(repeating: $0, count: 64) }
        let model = RegisteredModel(name: ModelName("m"), createdAt: .at(1), updatedAt: .at(1))
        let facts = ModelFacts(datasets: [
            ModelDataset(name: "x", taskID: TaskID("t"), sha256: hashes[2], sizeBytes: 1)
        ])
        let content = ModelContent(
            source: "model",
            artifact: ArtifactReference(name: "m", path: "m", sha256: hashes[0], sizeBytes: 1),
            referenceSHA256: hashes[1], facts: facts)
        let version = ModelVersion(
            key: ModelVersionKey(ModelName("m"), ModelVersionNumber(1)), createdAt: .at(1), updatedAt: .at(1),
            content: content)
        try store.commit(
            [
                .modelChanged(.modelCreated(model, tags: [:]), at: .at(1), by: "x"),
                .modelChanged(.versionCreated(version, tags: [:]), at: .at(1), by: "x"),
            ], at: .at(1))
        let needed = try store.neededContents()
        #expect(needed.isSuperset(of: hashes.prefix(3)) && !needed.contains(hashes[3]))
        #expect(try hashes.map { try store.needsContent($0) } == [true, true, true, false])
    }

    /// Each thing that can keep a run, beside a run that nothing keeps.
    private static let keepers: [(name: String, sql: String)] = [
        ("nothing", ""),
        ("a pin", "INSERT INTO pinned_run VALUES (2, 1, 'x', '')"),
        (
            "a version",
            """
            INSERT INTO registered_model VALUES ('m', '', 1, 1, 2);
            INSERT INTO model_version (model, version, created_at, updated_at, description, status, source, facts, dag_id, run_id,
                task_id, map_index) VALUES ('m', 1, 1, 1, '', 'READY', 's', '{}', 'churn', 'r2', 't', -1)
            """
        ),
        (
            "a notice",
            """
            INSERT INTO notice (run, dag_id, map_index, event, position, kind, facts, created_at, state, tries, next_at)
            VALUES (2, 'churn', -1, 'failure', 0, 'webhook', '{}', 1, 'pending', 0, 1)
            """
        ),
        (
            "a note for OpenLineage",
            "INSERT INTO lineage_note (at, run, try_number, event) VALUES (1, 2, 1, 'START')"
        ),
        (
            "a backfill",
            """
            INSERT INTO backfill VALUES (7, 'churn', 1, 2, 1, 0, 0, 'none', '{}', 1, 1, 0, NULL);
            UPDATE dag_run SET backfill = 7 WHERE number = 2
            """
        ),
        (
            "its parent",
            """
            UPDATE dag_run SET state = 'running', end_date = NULL WHERE number = 6;
            UPDATE dag_run SET parent_run = 6, parent_task = 0, parent_map_index = -1 WHERE number = 2
            """
        ),
        (
            "a run that follows it",
            """
            UPDATE dag_run SET state = 'queued', end_date = NULL, logical_date = 500 WHERE number = 6;
            UPDATE dag_run SET logical_date = 400 WHERE number = 2;
            UPDATE dag_run SET logical_date = 300 WHERE number = 3
            """
        ),
        (
            "a queued update",
            """
            INSERT INTO asset VALUES (1, 's3://x', 'x', 'g', '{}', 1, 1, 0);
            INSERT INTO asset_event (id, asset, timestamp, extra, source_dag_id, source_run_id, source_task_id, source_map_index)
                VALUES (1, 1, 1, '{}', 'churn', 'r2', 't', -1);
            INSERT INTO queued_asset_event VALUES ('other', 1, 1)
            """
        ),
        (
            "a consumer at work",
            """
            INSERT INTO asset VALUES (1, 's3://x', 'x', 'g', '{}', 1, 1, 0);
            INSERT INTO asset_event (id, asset, timestamp, extra, source_dag_id, source_run_id, source_task_id, source_map_index)
                VALUES (1, 1, 1, '{}', 'churn', 'r2', 't', -1);
            UPDATE dag_run SET state = 'running', end_date = NULL WHERE number = 6;
            INSERT INTO run_asset_event VALUES (6, 1, 'churn')
            """
        ),
        (
            "its deployment",
            """
            INSERT INTO deployment VALUES (1, 'a', 'm', 1, 'champion', 'replace', 'healthy', NULL, 1, 2, 'churn', 'r2', 't', -1, '')
            """
        ),
        (
            "a rollback",
            """
            INSERT INTO deployment VALUES (1, 'a', 'm', 1, 'champion', 'replace', 'replaced', NULL, 1, 2, 'churn', 'r2', 't', -1, '');
            INSERT INTO deployment VALUES (2, 'b', 'm', 2, 'champion', 'replace', 'healthy', 1, 1, 2, 'churn', 'gone', 't', -1, '')
            """
        ),
        ("its being the last success", "UPDATE dag_run SET state = 'failed' WHERE number <> 2"),
    ]

    @Test(arguments: keepers.map(\.name)) func whatIsNeededStays(_ keeper: String) throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.store(home)
        for number in 1...6 {
            try store.commit(
                [.runCreated(fixture.run(Int64(number)), fixture.instances(Int64(number)))], at: .at(1))
        }
        let sql = try #require(Self.keepers.first { $0.name == keeper }).sql
        try store.write(at: .at(2)) { batch in
            try batch.execute(
                """
                UPDATE dag_run SET state = 'success', end_date = number, logical_date = NULL,
                    run_id = 'r' || number
                """, [])
            for statement in sql.split(separator: ";") { try batch.execute(String(statement), []) }
        }
        var rule = ReleaseRule(RetentionRule(keptRuns: 2), keepsUntold: true)
        let free = try store.releasableRuns(of: DAGID("churn"), rule, limit: 10).map(\.number.value)
        #expect(free == (keeper == "nothing" ? [1, 2, 3, 4] : [1, 3, 4]))
        // Asked for by its number, a run that is needed stays too.
        let gone = try store.release([2, 3].map { RunNumber($0) }, of: DAGID("churn"), rule, at: .at(3))
        #expect(gone.map(\.value) == (keeper == "nothing" ? [2, 3] : [3]))
        #expect(try store.removedRuns(among: [1, 2, 3, 99]) == gone.map(\.value))
        if keeper == "a note for OpenLineage" {
            rule.keepsUntold = false
            #expect(
                try store.releasableRuns(of: DAGID("churn"), rule, limit: 10).map(\.number.value) == [
                    1, 2, 4,
                ])
        }
    }

    @Test func onlyWhatIsOldEnoughGoesAndNoMoreThanIsAskedFor() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.store(home)
        for number in 1...6 {
            try store.commit(
                [.runCreated(fixture.run(Int64(number)), fixture.instances(Int64(number)))], at: .at(1))
        }
        try store.write(at: .at(2)) { batch in
            try batch.execute(
                "UPDATE dag_run SET state = 'success', end_date = number * 1000000, logical_date = NULL", [])
        }
        let old = ReleaseRule(
            RetentionRule(endedBefore: Timestamp(microsecondsSinceEpoch: 4_000_000), keptRuns: 1),
            keepsUntold: false)
        #expect(
            try store.releasableRuns(of: DAGID("churn"), old, limit: 10).map(\.number.value) == [1, 2, 3])
        #expect(try store.releasableRuns(of: DAGID("churn"), old, limit: 2).map(\.number.value) == [1, 2])
        #expect(try store.dagsWithRuns() == [DAGID("churn")])
    }
}
