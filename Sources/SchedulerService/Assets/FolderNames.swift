import Synchronization

/// Which folder a number of inotify(7) stands for.
final class FolderNames: Sendable {
    private let names = Mutex<[Int32: String]>([:])

    func name(_ number: Int32) -> String? { names.withLock { $0[number] } }

    func set(_ name: String, _ number: Int32) { names.withLock { $0[number] = name } }
}
