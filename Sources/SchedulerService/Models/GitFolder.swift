import DAGDomain
import Foundation
import Glibc

/// Which commit a folder is at, read from git's own files (gitrepository-layout(5), gitformat-index(5)): starting `git` for each
/// training would take longer, and would do whatever the repository's configuration says.
enum GitFolder {
    /// Nil outside a repository, and before the first commit.
    static func state(of folder: String) -> GitState? {
        guard
            let real = realpath(folder, nil).map({ text in
                defer { free(text) }
                return String(cString: text)
            }), let (top, store) = repository(around: real), let commit = head(in: store)
        else { return nil }
        let inside = String(real.dropFirst(top.count)).split(separator: "/").joined(separator: "/")
        let index = GitIndex(path: store + "/index", hashBytes: commit.utf8.count / 2)
        return GitState(commit: commit, isDirty: index?.isDirty(top: top, inside: inside))
    }

    /// - Parameter folder: without links.
    /// - Returns: the folder that has `.git`, and where that leads (a file in worktrees and submodules).
    private static func repository(around folder: String) -> (top: String, store: String)? {
        var top = folder
        while true {
            let place = top == "/" ? "/.git" : top + "/.git"
            var status = stat()
            if stat(place, &status) == 0 {
                if status.st_mode & S_IFMT == S_IFDIR { return (top, place) }
                guard let text = text(place), text.hasPrefix("gitdir: ") else { return nil }
                let path = String(text.dropFirst("gitdir: ".count))
                return (top, path.hasPrefix("/") ? path : top + "/" + path)
            }
            guard top != "/", let slash = top.lastIndex(of: "/") else { return nil }
            top = slash == top.startIndex ? "/" : String(top[..<slash])
        }
    }

    private static func head(in store: String) -> String? {
        guard let head = text(store + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else { return commit(head) }
        let name = String(head.dropFirst("ref: ".count))
        guard !name.split(separator: "/").contains("..") else { return nil }
        var places = [store]
        if let common = text(store + "/commondir") {
            places.append(common.hasPrefix("/") ? common : store + "/" + common)
        }
        for place in places {
            if let found = text("\(place)/\(name)").flatMap(commit) { return found }
        }
        for place in places {
            guard let packed = text(place + "/packed-refs", limit: 64 << 20) else { continue }
            for line in packed.split(separator: "\n") where line.hasSuffix(" " + name) {
                if let found = commit(String(line.prefix { $0 != " " })) { return found }
            }
        }
        return nil
    }

    /// A hash of SHA-1 or SHA-256.
    private static func commit(_ text: String) -> String? {
        let isHash =
            [40, 64].contains(text.utf8.count) && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return isHash ? text : nil
    }

    private static func text(_ path: String, limit: Int = 1 << 16) -> String? {
        guard let bytes = try? SmallFile.read(path, limit: limit) else { return nil }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
