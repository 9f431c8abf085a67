import DAGDomain
import Foundation
import JSONText
import StateStore
import Testing

/// A disk without room (needs root, to mount a small one; `LiveFaultTests` has the same without).
@Suite(.enabled(if: SmallFileSystem.isPossible, "mounting a small file system needs root"))
struct FullDiskTests {
    private let disk: SmallFileSystem
    private let home: TemporaryHome
    private let fixture: Fixture

    init() throws {
        disk = try SmallFileSystem(kibibytes: 4096)
        home = try TemporaryHome(in: disk.path)
        fixture = try Fixture()
    }

    @Test func commitsAreRefusedReadsWorkAndRoomMendsIt() throws {
        let store = try fixture.store(home)
        try disk.fill(leaving: 600)
        var committed: [Int64] = []
        var refused = 0
        for number in Int64(1)...200 where refused < 3 {
            if commits(bigRun(number), to: store) { committed.append(number) } else { refused += 1 }
        }
        #expect(refused == 3 && !committed.isEmpty)
        #expect(try store.loadUnfinished().state.runs.map(\.run.number.value) == committed)
        let problems = try store.check()
        #expect(problems == [])
        disk.empty()
        try store.commit([bigRun(300)], at: .at(300))
        try store.close()
        let reopened = try home.open()
        #expect(reopened.openingReport.wasStoppedCleanly && !reopened.openingReport.isNew)
        #expect(try reopened.loadUnfinished().state.runs.map(\.run.number.value) == committed + [300])
    }

    @Test func aStartOnAFullDiskSaysSoAndChangesNothing() throws {
        try fixture.storeWithRun(home).close()
        let before = home.bytes(home.layout.database)
        try disk.fill()
        #expect(throws: StateStoreError.full(path: home.layout.database)) { try home.open() }
        #expect(home.bytes(home.layout.database) == before)
        disk.empty()
        #expect(try home.open().loadUnfinished().state.runs.count == 1)
    }

    @Test func aBackupWithoutRoomLeavesNothingBehind() throws {
        let store = try fixture.storeWithRun(home)
        try disk.fill(leaving: 40)
        #expect(throws: StateStoreError.full(path: home.layout.database)) { try store.backUp(at: .at(1)) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.layout.backups) == [])
        disk.empty()
        try store.backUp(at: .at(2))
    }

    /// False when there was no room.
    private func commits(_ transition: Transition, to store: StateStore) -> Bool {
        do {
            try store.commit([transition], at: .at(1))
            return true
        } catch {
            #expect(error == .full(path: home.layout.database))
            return false
        }
    }

    private func bigRun(_ number: Int64) -> Transition {
        .runCreated(
            fixture.run(number, parameters: ["text": .string(String(repeating: "x", count: 20_000))]), [])
    }
}
