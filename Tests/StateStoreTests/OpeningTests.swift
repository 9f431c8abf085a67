import DAGDomain
import Foundation
import GRDB
import JSONText
import Testing

@testable import StateStore

/// What `open` does with homes in good order.
@Suite struct OpeningTests {
    @Test func filesAreForTheOwnerAlone() throws {
        let home = try TemporaryHome()
        let path = home.path + "/new/home"
        let store = try StateStore.open(home: path, options: .init(now: .at(0)))
        for name in ["", "/orchestrator.db", "/orchestrator.db-wal", "/orchestrator.db-shm", "/journal.seq"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path + name)
            #expect(attributes[.posixPermissions] as? Int == (name.isEmpty ? 0o700 : 0o600), "\(name)")
        }
        try store.close()
    }

    @Test func theSettingsThatDurabilityNeedsAreOn() throws {
        let home = try TemporaryHome()
        let store = try home.open()
        let writer = try store.pool.writeWithoutTransaction { try Self.settings($0) }
        #expect(writer == ["wal", "2", "1", "0", "1", "0", "5000", "0", "1000"])
        let reader = try store.pool.read { try Self.settings($0) }
        #expect(reader == ["wal", "2", "1", "0", "1", "0", "5000", "1", "0"])
    }

    private static func settings(_ database: Database) throws -> [String] {
        try [
            "journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "mmap_size",
            "busy_timeout", "query_only", "wal_autocheckpoint",
        ].map { try String.fetchOne(database, sql: "PRAGMA \($0)") ?? "" }
    }

    @Test func aCleanStopIsTold() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        let state = try store.loadUnfinished().state
        let crashed = try CrashImage(of: home)
        try store.close()
        try store.close()
        #expect(throws: StateStoreError.closed) { try store.commit([.poolChanged(.standard)], at: .at(1)) }
        #expect(throws: StateStoreError.closed) { try store.loadUnfinished() }
        var reopened = try home.open()
        #expect(reopened.openingReport == .init(wasStoppedCleanly: true, isNew: false))
        #expect(try reopened.loadUnfinished().state == state)
        reopened = try crashed.home.open()
        #expect(reopened.openingReport == .init(wasStoppedCleanly: false, isNew: false))
        #expect(try reopened.loadUnfinished().state == state)
    }

    @Test func aFileThatWasOnlyBegunIsFinished() throws {
        let home = try TemporaryHome()
        try home.write([], to: home.layout.database)
        #expect(try home.open().openingReport.isNew)
        let other = try TemporaryHome()
        do {
            let queue = try DatabaseQueue(path: other.layout.database)
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            try queue.close()
        }
        #expect(try other.open().openingReport.isNew)
    }

    /// What a process leaves that was killed while it made the database, at any moment before the rename.
    @Test func aDatabaseThatWasNeverFinishedIsNotInTheWay() throws {
        let home = try TemporaryHome()
        let draft = home.layout.database + ".new"
        for ending in ["", "-wal", "-shm", "-journal"] {
            try home.write(Array("begun".utf8), to: draft + ending)
        }
        let store = try home.open()
        #expect(store.openingReport.isNew)
        for ending in ["", "-wal", "-shm", "-journal"] {
            #expect(!FileManager.default.fileExists(atPath: draft + ending))
        }
        try store.close()
        #expect(try !home.open().openingReport.isNew)
    }

    @Test func anOlderSchemaIsBackedUpAndMigrated() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        try fixture.storeWithRun(home).close()
        let next = Migration(number: Migration.newest + 1, sql: "ALTER TABLE pool ADD COLUMN colour TEXT;")
        let store = try StateStore.open(home.layout, .init(now: .at(1)), Migration.all + [next])
        #expect(store.openingReport.migratedFrom == Migration.newest)
        let backup = try #require(store.openingReport.backupBeforeMigration)
        #expect(backup == home.layout.backups + "/orchestrator-20270115T080001.000000Z.db")
        #expect(try store.loadUnfinished().state.runs.count == 1)
        #expect(try store.info().schema == Migration.newest + 1)
        try store.close()
        #expect(
            throws: StateStoreError.newer(
                path: home.layout.database, found: Migration.newest + 1, known: Migration.newest)
        ) {
            try home.open()
        }
        #expect(try OfflineDatabase(home: home.path).restore(from: backup, at: .at(2)) != nil)
        #expect(try home.open().loadUnfinished().state.runs.count == 1)
    }

    @Test func aMigrationThatFailsLeavesTheOldSchema() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        try fixture.storeWithRun(home).close()
        let bad = Migration(
            number: Migration.newest + 1,
            sql: "CREATE TABLE fresh (id INTEGER) STRICT; DELETE FROM dag; NONSENSE;")
        #expect(throws: StateStoreError.self) {
            try StateStore.open(home.layout, .init(now: .at(1)), Migration.all + [bad])
        }
        let store = try home.open()
        #expect(try store.loadUnfinished().state.statuses == [fixture.status()])
        #expect(try store.info().schema == Migration.newest)
        #expect(try !store.info().tables.map(\.name).contains("fresh"))
    }

    @Test func aHomeOfTheFirstSchemaComesUpToDate() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let first = try StateStore.open(home.layout, .init(now: .at(1)), [.firstSchema])
        #expect(try first.info().schema == 1)
        try first.close()
        let store = try fixture.storeWithRun(home)
        let key = fixture.key(1, 0)
        let rows = (0..<3).map {
            TaskInstance(
                key: TaskInstanceKey(run: key.run, task: 0, mapIndex: $0), state: .deferred, maximumTries: 1,
                mappedParameters: ["n": .integer(Int64($0))])
        }
        try store.commit([.instancesMapped(task: key, rows, replacing: true, at: .at(2))], at: .at(2))
        let loaded = try #require(try store.loadRun(key.run))
        #expect(loaded.instances.filter { $0.key.task == 0 } == rows)
    }

    @Test func migrationsAreNumberedWithoutGaps() {
        #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
    }
}
