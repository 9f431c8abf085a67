import Foundation
import StateStore
import Testing

@Suite struct HomeLockTests {
    @Test func theSecondIsToldWhoHoldsTheHome() throws {
        let home = try TemporaryHome()
        let first = try HomeLock.acquire(home: home.path)
        #expect(HomeLock.holder(home: home.path) == getpid())
        let expected = HomeLock.Failure.held(path: home.layout.lock, processID: getpid())
        #expect(throws: expected) { _ = try HomeLock.acquire(home: home.path) }
        withExtendedLifetime(first) {}
    }

    @Test func aReleasedLockIsFreeAndAStaleNumberIsReplaced() throws {
        let home = try TemporaryHome()
        try home.write(Array("999999999999\ngarbage".utf8), to: home.layout.lock)
        #expect(HomeLock.holder(home: home.path) == nil)
        do { _ = try HomeLock.acquire(home: home.path) }
        let again = try HomeLock.acquire(home: home.path)
        #expect(HomeLock.holder(home: home.path) == getpid())
        #expect(home.bytes(home.layout.lock) == Array("\(getpid())\n".utf8))
        withExtendedLifetime(again) {}
    }

    @Test func theHomeIsMadeForTheOwnerAlone() throws {
        let home = try TemporaryHome()
        let nested = home.path + "/a/b"
        let lock = try HomeLock.acquire(home: nested)
        let mode = try FileManager.default.attributesOfItem(atPath: nested)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        withExtendedLifetime(lock) {}
    }

    @Test func aLinkIsNotFollowed() throws {
        let home = try TemporaryHome()
        try FileManager.default.createSymbolicLink(
            atPath: home.layout.lock, withDestinationPath: home.path + "/elsewhere")
        #expect(throws: HomeLock.Failure.self) { _ = try HomeLock.acquire(home: home.path) }
        #expect(!FileManager.default.fileExists(atPath: home.path + "/elsewhere"))
    }
}
