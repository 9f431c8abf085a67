import Glibc

/// Whether a file is there that a sensor waits for: a path, or a pattern as glob(7) reads it.
enum FileMatch {
    static func exists(_ path: String) -> Bool {
        guard path.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return access(path, F_OK) == 0 }
        var found = glob_t()
        defer { globfree(&found) }
        return glob(path, GLOB_NOSORT, nil, &found) == 0 && found.gl_pathc > 0
    }

    /// The paths that a path or pattern stands for, in order.
    static func paths(_ path: String) -> [String] {
        guard path.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return [path] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(path, 0, nil, &found) == 0, let list = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { list[$0].map { String(cString: $0) } }
    }

    /// The deepest folder above a path that is there and can be watched.
    static func nearestFolder(above path: String) -> String {
        var folder = Substring(path)
        repeat {
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return "/" }
            folder = folder[..<slash]
        } while folder.contains(where: { "*?[".contains($0) }) || access(String(folder), F_OK) != 0
        return String(folder)
    }
}
