import DAGDomain
import Glibc

/// The backups of a home: `backups/orchestrator-<time>.db`, named so that names sort by time.
enum BackupFolder {
    static let kept = 7
    private static let prefix = "orchestrator-"
    private static let suffix = ".db"

    /// - Parameter database: the path of the database beside whose folder the backups are.
    static func newest(beside database: String) -> String? {
        let folder = HomeLayout(home: folderPath(of: database)).backups
        return names(in: folder).last.map { folder + "/" + $0 }
    }

    /// File names of complete backups, oldest first.
    static func names(in folder: String) -> [String] {
        folderEntries(folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted()
    }

    /// `20260101T000000.000000Z`: sorts by time and is a plain file name.
    static func path(in folder: String, at: Timestamp) -> String {
        let stamp = at.rfc3339.filter { $0 != "-" && $0 != ":" }
        return "\(folder)/\(prefix)\(stamp)\(suffix)"
    }

    /// Removes all but the newest backups.
    static func prune(_ folder: String, keeping count: Int = kept) {
        for name in names(in: folder).dropLast(count) { unlink(folder + "/" + name) }
    }
}

/// The part of a path before its last slash; "." when there is none.
func folderPath(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The names in a folder, in no particular order; empty when it cannot be read.
func folderEntries(_ path: String) -> [String] {
    guard let handle = opendir(path) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

/// Makes a folder's entries (a new or renamed file) durable.
func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
}

/// Makes a file's content durable.
func syncFile(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw SystemError("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
}

/// Makes a folder and the ones above it, readable by the owner alone. One that exists is left as it is.
func makeFolder(_ path: String) throws {
    if FileStatus(path: path)?.isSymbolicLink == true || FileStatus(path: path)?.isFolder == true { return }
    let parent = folderPath(of: path)
    if parent != path && FileStatus(path: parent) == nil { try makeFolder(parent) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError("mkdir", path) }
}
