import Glibc

/// What is in a folder, for a message: relative paths of everything that is no folder, sorted, with a limit.
enum FolderListing {
    /// Deeper folders are not looked into.
    private static let maximumDepth = 8
    /// More entries than this are not looked at.
    private static let maximumEntries = 10_000

    static func files(in folder: String) -> [String] {
        var files: [String] = []
        var waiting: [(path: String, depth: Int)] = [("", 0)]
        var entries = 0
        while let (path, depth) = waiting.popLast(), entries < maximumEntries {
            for entry in names(in: path.isEmpty ? folder : folder + "/" + path) {
                entries += 1
                let relative = path.isEmpty ? entry : path + "/" + entry
                var status = stat()
                guard lstat(folder + "/" + relative, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    if depth < maximumDepth { waiting.append((relative, depth + 1)) }
                } else {
                    files.append(relative)
                }
            }
        }
        return Array(files.sorted().prefix(ArtifactStoreError.listingLimit))
    }

    /// The names in a folder; empty when it cannot be read.
    static func names(in path: String) -> [String] {
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
}
