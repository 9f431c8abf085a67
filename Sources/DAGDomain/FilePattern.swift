/// A pattern for files below a folder: `*` and `?` within a name, `**` for any number of folders. A leading `!` leaves
/// files out. Names that begin with a dot are matched only by a part that begins with one, as a shell has it.
package struct FilePattern: Hashable, Sendable {
    /// As written.
    package let text: String
    package let excludes: Bool
    /// The names between the slashes.
    package let parts: [String]

    package enum Problem: Error, Hashable, Sendable {
        case empty, absolute, leavesFolder, tooManyParts
    }

    private static let anyFolders = "**"

    package init(_ text: String) throws(Problem) {
        self.text = text
        excludes = text.hasPrefix("!")
        let pattern = excludes ? text.dropFirst() : text[...]
        if pattern.hasPrefix("/") { throw .absolute }
        let parts = pattern.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !parts.isEmpty, !pattern.utf8.contains(0) else { throw .empty }
        guard !parts.contains("..") else { throw .leavesFolder }
        guard parts.count <= 64 else { throw .tooManyParts }
        self.parts = parts
    }

    /// The folders that every match lies in: where a search can begin.
    package var fixedFolder: [String] {
        Array(parts.dropLast().prefix { !Self.isWild($0) })
    }

    /// Whether it stands for one file.
    package var isFixed: Bool { !parts.contains(where: Self.isWild) }

    private static func isWild(_ part: String) -> Bool { part.utf8.contains { $0 == 0x2A || $0 == 0x3F } }

    /// Whether it matches the file at this path. Takes at most the product of both lengths, whatever the pattern.
    package func matches(_ path: [String]) -> Bool {
        Self.matches(
            parts, path, anyRun: { $0 == Self.anyFolders }, canSkip: { !$0.hasPrefix(".") },
            fits: { Self.matches(name: $1, $0) })
    }

    private static func matches(name: String, _ part: String) -> Bool {
        if name.hasPrefix("."), !part.hasPrefix(".") { return false }
        return matches(
            Array(part.unicodeScalars), Array(name.unicodeScalars), anyRun: { $0 == "*" },
            canSkip: { _ in true }, fits: { $0 == "?" || $0 == $1 })
    }

    /// Matches from left to right; on a mismatch the last run of anything takes one more. The earlier ones need not be
    /// tried again: what the last one could not reach, they cannot either.
    private static func matches<Part, Item>(
        _ pattern: [Part], _ items: [Item], anyRun: (Part) -> Bool, canSkip: (Item) -> Bool,
        fits: (Part, Item) -> Bool
    ) -> Bool {
        var (part, item) = (0, 0)
        var retry: (part: Int, item: Int)?
        while item < items.count {
            if part < pattern.count, anyRun(pattern[part]) {
                retry = (part + 1, item)
                part += 1
            } else if part < pattern.count, fits(pattern[part], items[item]) {
                part += 1
                item += 1
            } else if let last = retry, canSkip(items[last.item]) {
                retry = (last.part, last.item + 1)
                (part, item) = (last.part, last.item + 1)
            } else {
                return false
            }
        }
        return pattern[part...].allSatisfy(anyRun)
    }
}
