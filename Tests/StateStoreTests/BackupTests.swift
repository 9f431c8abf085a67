import DAGDomain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import StateStore

@Suite struct BackupTests {
    private let fixture: Fixture
    private let home: TemporaryHome

    init() throws {
        fixture = try Fixture()
        home = try TemporaryHome()
    }

    @Test func aBackupUnderLoadIsSoundAndOneMomentInTime() throws {
        let store = try fixture.store(home)
        let enough = Atomic(false)
        let failure = Mutex<(any Error)?>(nil)
        let finished = DispatchSemaphore(value: 0)
        let (fixture, path) = (fixture, home.path)
        Thread.detachNewThread {
            do {
                var number: Int64 = 0
                repeat {
                    number += 1
                    try store.commit(
                        [.runCreated(fixture.run(number), fixture.instances(number))], at: .at(number))
                } while !enough.load(ordering: .acquiring)
            } catch {
                failure.withLock { $0 = error }
            }
            finished.signal()
        }
        for index in 1...8 {
            let copy = path + "/copy-\(index).db"
            try store.backUp(to: copy, at: .at(1))
            let other = try TemporaryHome()
            #expect(try OfflineDatabase(home: other.path).restore(from: copy, at: .at(1)) == nil)
            let restored = try other.open()
            let state = try restored.loadUnfinished().state
            #expect(state.runs.map(\.run.number.value) == Array(1..<state.nextRunNumber.value))
            #expect(state.runs.allSatisfy { $0.instances.count == 3 })
            #expect(try restored.check() == [])
        }
        enough.store(true, ordering: .releasing)
        finished.wait()
        #expect(failure.withLock { $0 } == nil)
    }

    @Test func sevenBackupsAreKept() throws {
        let store = try fixture.store(home)
        for second in 1...9 { try store.backUp(at: .at(Int64(second))) }
        try store.backUp(to: home.path + "/extra.db", at: .at(10))
        let backups = try store.info().backups
        #expect(backups.count == 7)
        #expect(backups.first == home.layout.backups + "/orchestrator-20270115T080003.000000Z.db")
        let attributes = try FileManager.default.attributesOfItem(atPath: backups[0])
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func aRestoreBringsBackTheMomentOfTheBackup() throws {
        var store = try fixture.storeWithRun(home)
        let backup = try store.backUp(at: .at(1))
        let then = try store.loadUnfinished().state
        try store.commit([.runCreated(fixture.run(2), [])], at: .at(2))
        let now = try store.loadUnfinished().state
        try store.close()
        let kept = try #require(try OfflineDatabase(home: home.path).restore(from: backup, at: .at(3)))
        store = try home.open()
        #expect(try store.loadUnfinished().state == then)
        try store.close()
        #expect(try OfflineDatabase(home: home.path).restore(from: kept, at: .at(4)) != nil)
        #expect(try home.open().loadUnfinished().state == now)
    }

    @Test func aRestoreOverACrashedDatabaseKeepsItsLogWithIt() throws {
        let store = try fixture.storeWithRun(home)
        let backup = try store.backUp(at: .at(1))
        try store.commit([.runCreated(fixture.run(2), [])], at: .at(2))
        let image = try CrashImage(of: home)
        let kept = try #require(try OfflineDatabase(home: image.home.path).restore(from: backup, at: .at(3)))
        #expect(try image.home.open().loadUnfinished().state.runs.count == 1)
        let queue = try DatabaseQueue(path: kept)
        #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM dag_run") } == 2)
    }

    @Test func aBadBackupIsRefusedAndNothingChanges() throws {
        let store = try fixture.storeWithRun(home)
        let backup = try store.backUp(at: .at(1))
        try store.close()
        let before = home.bytes(home.layout.database)
        var bytes = try #require(home.bytes(backup))
        bytes.replaceSubrange(8192..<12288, with: repeatElement(7, count: 4096))
        try home.write(bytes, to: backup)
        let offline = OfflineDatabase(home: home.path)
        #expect {
            try offline.restore(from: backup, at: .at(2))
        } throws: { error in
            if case .damaged(backup, _, _) = error as? StateStoreError { true } else { false }
        }
        #expect(throws: StateStoreError.missing(path: "/none.db")) {
            try offline.restore(from: "/none.db", at: .at(2))
        }
        let foreign = home.path + "/foreign.db"
        try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE t (a)") }
        #expect(throws: StateStoreError.foreign(path: foreign, applicationID: 0)) {
            try offline.restore(from: foreign, at: .at(2))
        }
        #expect(home.bytes(home.layout.database) == before)
    }

    @Test func aDamagedFileIsCheckedWithoutTouchingAnything() throws {
        let store = try fixture.storeWithRun(home)
        let image = try CrashImage(of: home)
        try store.close()
        let offline = OfflineDatabase(home: image.home.path)
        #expect(try offline.check() == [])
        #expect(try offline.info().stoppedCleanly == false)
        #expect(try offline.info().tables.first { $0.name == "task_instance" }?.rows == 3)
        // With its log the database would be whole again: every page is in it.
        try FileManager.default.removeItem(atPath: image.home.layout.writeAheadLog)
        try image.home.write(Array(repeating: 0x5A, count: 5000), to: image.home.layout.database)
        let before = try contents(image.home)
        #expect(try offline.check().count == 1)
        #expect(throws: StateStoreError.self) { try offline.info() }
        #expect(throws: StateStoreError.self) {
            try offline.backUp(to: image.home.path + "/b.db", at: .at(1))
        }
        #expect(try contents(image.home) == before)
        let empty = try TemporaryHome()
        #expect(throws: StateStoreError.missing(path: empty.layout.database)) {
            try OfflineDatabase(home: empty.path).check()
        }
        #expect(throws: StateStoreError.missing(path: empty.layout.database)) {
            try OfflineDatabase(home: empty.path).backUp(at: .at(1))
        }
    }

    private func contents(_ home: TemporaryHome) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: home.path) {
            files[name] = home.bytes(home.path + "/" + name) ?? []
        }
        return files
    }

    @Test func aCheckFindsWhatSQLiteDoesNot() throws {
        let store = try fixture.storeWithRun(home)
        try store.close()
        for (sql, words) in [
            ("UPDATE ledger SET next_run = 1", "run number twice"),
            ("UPDATE task_instance SET reason = '{' WHERE task = 0", "not JSON"),
            ("UPDATE task_instance SET attempt = 'gone' WHERE task = 1", "attempt that it does not have"),
            ("UPDATE dag_run_count SET runs = runs + 1", "counts of runs"),
            ("DELETE FROM dag_version_task WHERE task = 2", "no task of its DAG version"),
            ("DELETE FROM pool", "standard pool"),
            ("PRAGMA foreign_keys = OFF; DELETE FROM dag_run", "missing row"),
        ] {
            let copy = try TemporaryHome()
            try FileManager.default.copyItem(atPath: home.layout.database, toPath: copy.layout.database)
            let queue = try DatabaseQueue(path: copy.layout.database)
            try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
            try queue.close()
            let problems = try OfflineDatabase(home: copy.path).check()
            #expect(problems.contains { $0.contains(words) }, "\(sql): \(problems)")
        }
    }

    @Test(arguments: [
        ("3.6.23", false), ("3.7.0", true), ("3.40.1", true), ("3.51.2", true), ("3.51.3", false),
        ("4", false),
    ]) func theAffectedVersionsAreKnown(version: String, isAffected: Bool) {
        #expect(DatabaseInfo.hasLogResetBug(version) == isAffected)
    }

    @Test func infoTellsWhatThereIs() throws {
        let store = try fixture.storeWithRun(home)
        let info = try store.info()
        #expect(info.path == home.layout.database)
        #expect(info.schema == Migration.newest && info.newestSchema == Migration.newest)
        #expect(info.transactions == info.acknowledgedTransactions)
        #expect(info.logBytes > 0 && info.pages > 0 && info.pageSize == 4096)
        #expect(info.sqliteVersion.hasPrefix("3."))
        #expect(info.tables.first { $0.name == "dag_run" }?.rows == 1)
    }
}
