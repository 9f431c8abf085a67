import DAGDomain
import Foundation
import GRDB
import JSONText
import Testing

@testable import StateStore

/// Faults under an open store.
@Suite struct LiveFaultTests {
    private let fixture: Fixture
    private let home: TemporaryHome
    private let store: StateStore

    init() throws {
        fixture = try Fixture()
        home = try TemporaryHome()
        store = try fixture.storeWithRun(home)
    }

    private func expectStopped() throws {
        let expected = StateStoreError.replacedUnderneath(path: home.layout.database)
        for _ in 1...2 {
            #expect(throws: expected) { try store.commit([.poolChanged(.standard)], at: .at(1)) }
        }
        #expect(throws: expected) { try store.recordEvent(.init(who: "a", what: "b"), at: .at(1)) }
        #expect(throws: expected) { try store.checkpointIfGrown(beyond: 0) }
    }

    @Test func theLogIsUnlinked() throws {
        try FileManager.default.removeItem(atPath: home.layout.writeAheadLog)
        try expectStopped()
    }

    @Test func theDatabaseIsUnlinked() throws {
        try FileManager.default.removeItem(atPath: home.layout.database)
        try expectStopped()
    }

    @Test func theDatabaseIsReplaced() throws {
        let copy = home.path + "/copy.db"
        try store.backUp(to: copy, at: .at(1))
        #expect(rename(copy, home.layout.database) == 0)
        try expectStopped()
    }

    @Test func aFullDatabaseRefusesAndRecovers() throws {
        try store.pool.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let big = Fixture.bigRun(fixture, number: 2)
        #expect(throws: StateStoreError.full(path: home.layout.database)) {
            try store.commit([.poolChanged(Pool(name: PoolName("x"), slots: 1)), big], at: .at(2))
        }
        #expect(try store.loadUnfinished().state.pools.count == 1)
        try store.commit([.poolChanged(Pool(name: PoolName("y"), slots: 1))], at: .at(3))
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try store.commit([big], at: .at(4))
        #expect(try store.loadUnfinished().state.runs.count == 2)
        #expect(try store.check() == [])
    }

    @Test func aWriterOutsideMakesUsBusyNotBroken() throws {
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
        let outside = try DatabaseQueue(path: home.layout.database)
        try outside.writeWithoutTransaction { database in
            try database.beginTransaction(.immediate)
            #expect(throws: StateStoreError.busy(path: home.layout.database)) {
                try store.commit([.poolChanged(.standard)], at: .at(1))
            }
            try database.rollback()
        }
        try store.commit([.poolChanged(.standard)], at: .at(2))
    }

    @Test func aGrownLogIsEmptiedWhenAsked() throws {
        for index in 1...20 {
            try store.commit([Fixture.bigRun(fixture, number: Int64(index + 1))], at: .at(1))
        }
        #expect(try store.checkpointIfGrown(beyond: 1 << 30) > 0)
        #expect(try store.checkpointIfGrown(beyond: 1 << 10) > 1 << 10)
        #expect(home.bytes(home.layout.writeAheadLog)?.isEmpty == true)
        try store.commit([.poolChanged(.standard)], at: .at(1))
    }

    @Test func aReaderInTheWayOnlyKeepsTheLog() throws {
        try store.commit([Fixture.bigRun(fixture, number: 2)], at: .at(1))
        try store.pool.read { database in
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM dag_run") == 2)
            try store.commit([Fixture.bigRun(fixture, number: 3)], at: .at(1))
            try store.checkpointIfGrown(beyond: 0)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM dag_run") == 2)
        }
        #expect(home.bytes(home.layout.writeAheadLog)?.isEmpty == false)
        let timeout = try store.pool.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA busy_timeout")
        }
        #expect(timeout == 5000)
        try store.checkpointIfGrown(beyond: 0)
        #expect(home.bytes(home.layout.writeAheadLog)?.isEmpty == true)
    }

    @Test func aRowThatWasEditedByHandIsDamageNotACrash() throws {
        try store.pool.writeWithoutTransaction { database in
            try database.execute(
                sql: "UPDATE task_instance SET reason = '{\"kind\":\"nonsense\"}' WHERE task = 1")
        }
        #expect {
            try store.loadUnfinished()
        } throws: { error in
            guard case .damaged(_, let detail, _) = error as? StateStoreError else { return false }
            return detail.contains("reason")
        }
    }
}

extension Fixture {
    /// A run whose parameters alone need dozens of pages.
    static func bigRun(_ fixture: Fixture, number: Int64) -> Transition {
        let text = String(repeating: "x", count: 200_000)
        return .runCreated(fixture.run(number, parameters: ["text": .string(text)]), [])
    }
}
