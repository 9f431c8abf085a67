import Foundation

/// A folder on a disk (not in memory: durable commits are the point), removed at the end.
struct TemporaryFolder {
    let path: String

    init() throws {
        let parent = ProcessInfo.processInfo.environment["BENCHMARK_FOLDER"] ?? "/var/tmp"
        path = parent + "/scheduler-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
