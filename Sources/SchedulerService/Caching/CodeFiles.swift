import DAGDomain
import Glibc

/// Finds the files that count for the cache: those that a command names, and those of the declared patterns.
///
/// A word of the command counts when it is the path of a file in the folder of the DAG file or below the working
/// directory, also after a `=`. What the shell writes to (`> FILE`) does not.
struct CodeFiles {
    enum Failure: Error, Hashable {
        case tooManyFiles(pattern: String)
        case tooManyEntries(pattern: String)
        case system(path: String, Int32)
    }

    /// The most files of one task, and the most names that are looked at for them.
    static let maximumFiles = 10_000
    static let maximumEntries = 200_000

    let folder: String
    let workingDirectory: String
    let patterns: [FilePattern]

    /// The absolute path of each file by the name that a person knows it by.
    func find(words: [String]) throws(Failure) -> [String: String] {
        var files: [String: String] = [:]
        for word in words { if let found = file(named: word) { files[found.name] = found.path } }
        for pattern in patterns where !pattern.excludes { try find(pattern, into: &files) }
        let excluded = patterns.filter(\.excludes)
        guard !excluded.isEmpty else { return files }
        return files.filter { file in
            let parts = file.key.split(separator: "/").map(String.init)
            return !excluded.contains { $0.matches(parts) }
        }
    }

    // MARK: Words of the command

    /// The words of a shell's text that can be files: quotes and operators are taken off, targets of `>` left out.
    static func words(ofShell text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isTarget = false
        func isOperator(_ character: Character) -> Bool { ";|&()<>`{}".contains(character) }
        for character in text {
            if character.isWhitespace || isOperator(character) {
                if !word.isEmpty {
                    if !isTarget { words.append(word) }
                    isTarget = false
                    word = ""
                }
                if character == ">" {
                    isTarget = true
                } else if isOperator(character), character != "&" {
                    isTarget = false
                }
            } else if character != "\"", character != "'" {
                word.append(character)
            }
        }
        if !word.isEmpty, !isTarget { words.append(word) }
        return words
    }

    private func file(named word: String) -> (name: String, path: String)? {
        guard word.utf8.count < 4096, !word.utf8.contains(0) else { return nil }
        if let found = existing(word) { return found }
        guard let sign = word.firstIndex(of: "=") else { return nil }
        return existing(String(word[word.index(after: sign)...]))
    }

    private func existing(_ word: String) -> (name: String, path: String)? {
        guard !word.isEmpty, !word.hasPrefix("-") else { return nil }
        for base in word.hasPrefix("/") ? [""] : [workingDirectory + "/", folder + "/"] {
            var status = stat()
            let path = Self.normal(base + word)
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            for root in [folder, workingDirectory].map(Self.normal) where path.hasPrefix(root + "/") {
                return (String(path.dropFirst(root.utf8.count + 1)), path)
            }
        }
        return nil
    }

    /// Without `.`, `..` and doubled slashes; links are left as they are.
    private static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    // MARK: Patterns

    private func find(_ pattern: FilePattern, into files: inout [String: String]) throws(Failure) {
        if pattern.isFixed {
            let name = pattern.parts.joined(separator: "/")
            var status = stat()
            let path = folder + "/" + name
            if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { files[name] = path }
            return
        }
        var pending = [pattern.fixedFolder]
        var seen = 0
        while let parts = pending.popLast() {
            let base = ([folder] + parts).joined(separator: "/")
            for entry in try Self.entries(of: base) {
                seen += 1
                guard seen <= Self.maximumEntries else { throw .tooManyEntries(pattern: pattern.text) }
                let place = parts + [entry.name]
                if entry.isFolder {
                    // What a pattern does not name with its dot, it does not enter.
                    let isHidden = entry.name.hasPrefix(".") && !pattern.parts.contains { $0.hasPrefix(".") }
                    if !isHidden, place.count < 64 { pending.append(place) }
                } else if pattern.matches(place) {
                    files[place.joined(separator: "/")] = "\(base)/\(entry.name)"
                    guard files.count <= Self.maximumFiles else { throw .tooManyFiles(pattern: pattern.text) }
                }
            }
        }
    }

    /// Files, links to files, and folders that are no links: a link can lead anywhere, also in a circle.
    private static func entries(of folder: String) throws(Failure) -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw .system(path: folder, errno)
        }
        defer { closedir(stream) }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            if kind == S_IFDIR {
                entries.append((name, true))
            } else if kind == S_IFREG || (kind == S_IFLNK && isLinkToFile("\(folder)/\(name)")) {
                entries.append((name, false))
            }
        }
        return entries
    }

    private static func isLinkToFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

extension CodeFiles.Failure {
    /// Why the cache cannot be used, as the rest of a sentence.
    var text: String {
        switch self {
        case .tooManyFiles(let pattern): "`\(pattern)` matches more than \(CodeFiles.maximumFiles) files"
        case .tooManyEntries(let pattern):
            "there are more than \(CodeFiles.maximumEntries) files and folders to look through for `\(pattern)`"
        case .system(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
