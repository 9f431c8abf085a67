import DAGDomain
import Foundation
import StateStore
import Testing

/// A write-ahead log that was lost after a crash: SQLite does not notice, the journal does.
@Suite struct LostTransactionsTests {
    private let source: TemporaryHome
    private let image: CrashImage
    private let transactions: Int64
    private let commits = 30

    /// A crash after thirty commits that were never moved out of the log.
    init() throws {
        source = try TemporaryHome()
        let fixture = try Fixture(tasks: 5)
        let store = try fixture.store(source)
        try store.checkpointIfGrown(beyond: 0)
        for number in 1...commits {
            try store.commit(
                [.runCreated(fixture.run(Int64(number)), fixture.instances(Int64(number)))], at: .at(1))
        }
        transactions = try store.info().transactions
        image = try CrashImage(of: source)
        try store.close()
    }

    private func expectLoss(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(sourceLocation: location) {
            try image.home.open()
        } throws: { error in
            guard case .lostTransactions(let path, let first, let last, _) = error as? StateStoreError else {
                return false
            }
            return path == image.home.layout.database && last == transactions && first <= last
        }
        let store = try image.home.open { $0.acceptsLostTransactions = true }
        let lost = try #require(store.openingReport.lostTransactions)
        #expect(try store.loadUnfinished().state.runs.count == commits - lost.count, sourceLocation: location)
        #expect(try store.check() == [])
        try store.close()
        #expect(try image.home.open().openingReport.lostTransactions == nil, sourceLocation: location)
    }

    @Test func withItsLogNothingIsLost() throws {
        #expect(try image.home.open().loadUnfinished().state.runs.count == commits)
    }

    @Test func theLogIsDeleted() throws {
        try FileManager.default.removeItem(atPath: image.home.layout.writeAheadLog)
        try expectLoss()
    }

    @Test func theLogIsEmpty() throws {
        try image.truncateLog(to: 0)
        try expectLoss()
    }

    @Test func theLogIsCutInHalf() throws {
        try image.truncateLog(to: image.logSize / 2)
        try expectLoss()
    }

    @Test func eightBytesOfTheLogAreDamaged() throws {
        let path = image.home.layout.writeAheadLog
        var bytes = try #require(image.home.bytes(path))
        let frame = 32 + 9 * (4096 + 24)
        for index in frame + 1000..<frame + 1008 { bytes[index] ^= 0x55 }
        try image.home.write(bytes, to: path)
        try expectLoss()
    }

    @Test func anOlderDatabaseInThePlaceOfTheNewerIsNoticed() throws {
        let backup = source.layout.home + "/copy.db"
        let store = try source.open()
        try store.backUp(to: backup, at: .at(2))
        try store.commit([.poolChanged(.standard)], at: .at(3))
        try store.close()
        try FileManager.default.removeItem(atPath: source.layout.database)
        try FileManager.default.moveItem(atPath: backup, toPath: source.layout.database)
        #expect {
            try source.open()
        } throws: { error in
            if case .lostTransactions = error as? StateStoreError { true } else { false }
        }
    }
}
