import Glibc

/// The folder of a log, opened step by step without following links, so that no task can lead us elsewhere.
final class LogFolder: Sendable {
    let descriptor: Int32

    /// Opens the folder in which `path` lies.
    ///
    /// - Parameter root: a folder that only we change; above it, links are ours.
    /// - Returns: nil when there is no such folder below `root`.
    init?(of path: String, below root: String) {
        guard path.hasPrefix(root + "/") else { return nil }
        let steps = path.dropFirst(root.count + 1).split(separator: "/")
        guard !steps.contains(".."), !steps.contains(".") else { return nil }
        var folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for step in steps.dropLast() {
            guard folder >= 0 else { return nil }
            let next = openat(folder, String(step), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(folder)
            folder = next
        }
        guard folder >= 0 else { return nil }
        descriptor = folder
    }

    deinit {
        close(descriptor)
    }
}
