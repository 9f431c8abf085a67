import DAGDomain
import Foundation
import GRDB
import Testing

@testable import StateStore

/// Databases that must not be used: refused with everything a person needs, and left as they are.
@Suite struct RefusalTests {
    private let fixture: Fixture
    private let home: TemporaryHome
    private let database: String
    private let backup: String

    /// A home with a cleanly closed database of many pages, and a backup.
    init() throws {
        fixture = try Fixture(tasks: 40)
        home = try TemporaryHome()
        database = home.layout.database
        let store = try fixture.storeWithRun(home)
        for number in 2...20 {
            try store.commit(
                [.runCreated(fixture.run(Int64(number)), fixture.instances(Int64(number)))], at: .at(1))
        }
        backup = try store.backUp(at: .at(1))
        try store.close()
    }

    /// Opens, expects `matches` of the error, and compares the database before and after.
    private func expectRefused(
        _ location: SourceLocation = #_sourceLocation, _ matches: (StateStoreError) -> Bool
    ) throws {
        let before = home.bytes(database)
        let logBefore = home.bytes(home.layout.writeAheadLog) ?? []
        #expect(sourceLocation: location) {
            try home.open()
        } throws: { error in
            (error as? StateStoreError).map(matches) ?? false
        }
        #expect(home.bytes(database) == before, sourceLocation: location)
        #expect(home.bytes(home.layout.writeAheadLog) ?? [] == logBefore, sourceLocation: location)
    }

    private func expectDamaged(_ location: SourceLocation = #_sourceLocation) throws {
        try expectRefused(location) { error in
            guard case .damaged(let path, let detail, let newest) = error else { return false }
            return path == database && !detail.isEmpty && newest == backup
        }
    }

    private func change(_ body: (inout [UInt8]) -> Void) throws {
        var bytes = try #require(home.bytes(database))
        body(&bytes)
        try home.write(bytes, to: database)
    }

    @Test func theFirstPageIsZeroed() throws {
        try change { $0.replaceSubrange(0..<4096, with: repeatElement(0, count: 4096)) }
        try expectDamaged()
    }

    @Test func theFileIsGarbage() throws {
        try change { $0 = Array(repeatElement(0x5A, count: 20_000)) }
        try expectDamaged()
    }

    @Test func theFileIsOneByteOrShort() throws {
        try change { $0 = [0x53] }
        try expectDamaged()
        try change { $0 = Array("SQLite format 3\0".utf8) }
        try expectDamaged()
    }

    @Test(arguments: [4096, 4096 * 5, 4096 * 5 + 77]) func theFileIsCut(length: Int) throws {
        try change { $0 = Array($0.prefix(length)) }
        try expectDamaged()
    }

    /// Any page, one at a time: none may go unnoticed. Pages of the list of free ones hold nothing.
    @Test func aPageIsZeroed() throws {
        let sound = try #require(home.bytes(database))
        let free = try DatabaseQueue(path: backup).read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
        #expect(free == 0)
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.copyItem(atPath: backup, toPath: database)
        let pages = try #require(home.bytes(database)).count / 4096
        #expect(pages > 20)
        let compact = try #require(home.bytes(database))
        for page in 0..<pages {
            var bytes = compact
            bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: repeatElement(0, count: 4096))
            try home.write(bytes, to: database)
            try expectDamaged()
        }
        try home.write(sound, to: database)
        _ = try home.open()
    }

    @Test func theSchemaIsNewer() throws {
        try edit("PRAGMA user_version = 99")
        try expectRefused { $0 == .newer(path: database, found: 99, known: Migration.newest) }
    }

    @Test func theDatabaseIsSomebodyElses() throws {
        try edit("PRAGMA application_id = 7")
        try expectRefused { $0 == .foreign(path: database, applicationID: 7) }
    }

    @Test func theLedgerIsGone() throws {
        try edit("DELETE FROM ledger")
        try expectDamaged()
    }

    @Test(arguments: ["attempts/x", "artifacts/ab", "runs/1"])
    func theDatabaseIsMissingBesideState(folder: String) throws {
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.removeItem(atPath: home.layout.journal)
        try FileManager.default.createDirectory(
            atPath: home.path + "/" + folder, withIntermediateDirectories: true)
        let evidence = [home.path + "/" + folder.prefix { $0 != "/" }]
        let expected = StateStoreError.missingWithState(
            path: database, evidence: evidence, newestBackup: backup)
        #expect(throws: expected) { try home.open() }
        #expect(!FileManager.default.fileExists(atPath: database))
        try home.write([], to: database)
        try expectRefused { $0 == expected }
        #expect(try home.open { $0.allowsNewDatabaseOverState = true }.openingReport.isNew)
    }

    @Test func theDatabaseIsMissingBesideAJournal() throws {
        try FileManager.default.removeItem(atPath: database)
        #expect(
            throws: StateStoreError.missingWithState(
                path: database, evidence: [home.layout.journal], newestBackup: backup)
        ) { try home.open() }
    }

    @Test func thePathIsALinkOrHasTwoNames() throws {
        let elsewhere = home.path + "/elsewhere.db"
        try FileManager.default.linkItem(atPath: database, toPath: elsewhere)
        try expectRefused { $0 == .refusedFile(path: database, detail: "it has 2 names (hard links)") }
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.createSymbolicLink(atPath: database, withDestinationPath: elsewhere)
        try expectRefused { $0 == .refusedFile(path: database, detail: "it is a symbolic link") }
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.createDirectory(atPath: database, withIntermediateDirectories: false)
        #expect(throws: StateStoreError.refusedFile(path: database, detail: "it is not a regular file")) {
            try home.open()
        }
    }

    @Test func theJournalIsGarbage() throws {
        for bytes in [Array("12".utf8), [0, 0, 0], Array("0000000000000000001 0123456789abcdef\n".utf8)] {
            try home.write(bytes, to: home.layout.journal)
            try expectRefused { error in
                if case .damaged(home.layout.journal, _, _) = error { true } else { false }
            }
        }
        #expect(try home.open { $0.acceptsLostTransactions = true }.loadUnfinished().state.runs.count == 20)
    }

    private func edit(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}
