import DAGDomain
import Foundation
import StateStore

/// A home in a folder of its own that is removed with the value.
final class TemporaryHome {
    let path: String
    var layout: HomeLayout { HomeLayout(home: path) }

    /// - Parameter parent: where to make it, for tests on a file system of their own.
    init(in parent: String = FileManager.default.temporaryDirectory.path) throws {
        path = parent + "/store-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func open(
        _ configure: (inout StateStore.OpeningOptions) -> Void = { _ in }
    ) throws(StateStoreError) -> StateStore {
        var options = StateStore.OpeningOptions(now: .at(0))
        configure(&options)
        return try StateStore.open(home: path, options: options)
    }

    func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map(Array.init)
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}

extension Timestamp {
    /// An instant some seconds into the tests' own time.
    static func at(_ seconds: Int64) -> Timestamp { Timestamp(secondsSinceEpoch: 1_800_000_000 + seconds) }
}
