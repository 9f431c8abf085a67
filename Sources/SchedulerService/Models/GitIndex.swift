import Crypto
import Glibc

/// The list of a repository's tracked files, as git keeps it (gitformat-index(5), versions 2 and 3; newer ones cannot be told).
///
/// A file differs when it is gone, or when its size or time is another one and its content has another hash. What is
/// added to the index and not committed is told by the cached trees, which git throws away when it changes an entry and
/// makes anew with the commit. Files that are not tracked do not count.
struct GitIndex {
    private struct Entry {
        let path: String
        let mode: UInt32
        let size: UInt32
        let seconds: UInt32
        let nanoseconds: UInt32
        let hash: [UInt8]
        /// Told by the user not to be looked at.
        let isExempt: Bool
    }

    private var entries: [Entry] = []
    /// Folders (by path, "" the top) whose cached tree is no longer what was committed.
    private var changedTrees: Set<String> = []
    private let written: timespec

    private static let limitBytes = 256 << 20
    /// Reading more than this to be sure is not worth it.
    private static let contentLimit = 256 << 20

    /// Nil when it cannot be read or is of a kind that is not known.
    init?(path: String, hashBytes: Int) {
        var status = stat()
        guard hashBytes == 20, stat(path, &status) == 0,
            let bytes = try? SmallFile.read(path, limit: Self.limitBytes)
        else { return nil }
        written = status.st_mtim
        var reader = IndexReader(bytes)
        guard reader.take(4) == Array("DIRC".utf8), let version = reader.number(), (2...3).contains(version),
            let count = reader.number()
        else { return nil }
        for _ in 0..<count {
            guard let entry = Self.entry(&reader) else { return nil }
            entries.append(entry)
        }
        while reader.left > 20 {
            guard let name = reader.take(4), let size = reader.number(), let body = reader.take(Int(size))
            else {
                return nil
            }
            if name == Array("TREE".utf8) {
                var trees = IndexReader(body)
                readTree(&trees, inside: nil)
            }
        }
    }

    private static func entry(_ reader: inout IndexReader) -> Entry? {
        let start = reader.position
        var fields: [UInt32] = []
        for _ in 0..<10 {
            guard let field = reader.number() else { return nil }
            fields.append(field)
        }
        guard let hash = reader.take(20), let flags = reader.short() else { return nil }
        let isExtended = flags & 0x4000 != 0
        var extra: UInt16 = 0
        if isExtended {
            guard let more = reader.short() else { return nil }
            extra = more
        }
        guard let path = reader.text() else { return nil }
        // Padded with 1 to 8 zero bytes to a multiple of eight.
        reader.position = start + (reader.position - 1 - start + 8) / 8 * 8
        return Entry(
            path: path, mode: fields[6], size: fields[9], seconds: fields[2], nanoseconds: fields[3],
            hash: hash,
            isExempt: flags & 0x8000 != 0 || extra & 0x4000 != 0)
    }

    private mutating func readTree(_ reader: inout IndexReader, inside parent: String?) {
        guard let name = reader.text(), let count = reader.word(until: 0x20).flatMap({ Int($0) }),
            let subtrees = reader.word(until: 0x0A).flatMap({ Int($0) })
        else { return }
        let path = parent.map { $0.isEmpty ? name : "\($0)/\(name)" } ?? ""
        if count >= 0 { _ = reader.take(20) } else { changedTrees.insert(path) }
        for _ in 0..<max(0, subtrees) { readTree(&reader, inside: path) }
    }

    /// Whether anything tracked below a folder differs from the commit; nil when that would be too much to read.
    ///
    /// - Parameter inside: the folder, relative to `top`, without a slash at its end.
    func isDirty(top: String, inside: String) -> Bool? {
        if changedTrees.contains(inside) { return true }
        let prefix = inside.isEmpty ? "" : inside + "/"
        var left = Self.contentLimit
        for entry in entries where entry.path.hasPrefix(prefix) && !entry.isExempt {
            switch differs(entry, at: "\(top)/\(entry.path)", &left) {
            case true?: return true
            case nil: return nil
            case false?: continue
            }
        }
        return false
    }

    private func differs(_ entry: Entry, at path: String, _ left: inout Int) -> Bool? {
        let kind = entry.mode & 0o170000
        // A submodule has a repository of its own.
        if kind == 0o160000 { return false }
        var status = stat()
        guard lstat(path, &status) == 0 else { return true }
        guard status.st_mode & S_IFMT == kind else { return true }
        if kind == S_IFREG, (status.st_mode & 0o100 != 0) != (entry.mode & 0o100 != 0) { return true }
        let isSame =
            UInt32(truncatingIfNeeded: status.st_size) == entry.size
            && UInt32(truncatingIfNeeded: status.st_mtim.tv_sec) == entry.seconds
            && UInt32(truncatingIfNeeded: status.st_mtim.tv_nsec) == entry.nanoseconds
        // Changed in the moment in which the index was written, it can look the same ("racy git").
        let isOlder =
            (status.st_mtim.tv_sec, status.st_mtim.tv_nsec) < (written.tv_sec, written.tv_nsec)
        if isSame && isOlder { return false }
        left -= Int(status.st_size)
        guard left >= 0, let content = Self.content(path, kind) else { return nil }
        var hasher = Insecure.SHA1()
        hasher.update(data: Array("blob \(content.count)".utf8) + [0])
        hasher.update(data: content)
        return Array(hasher.finalize()) != entry.hash
    }

    private static func content(_ path: String, _ kind: UInt32) -> [UInt8]? {
        guard kind == S_IFLNK else { return try? SmallFile.read(path, limit: contentLimit) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink(path, $0, characters.count) } ?? -1
            }
        }
        return count < 0 ? nil : Array(buffer[..<count])
    }
}

/// Reads the bytes of an index one after the other; nil at the end.
private struct IndexReader {
    private let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var left: Int { bytes.count - position }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, position >= 0, left >= count else { return nil }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// Four bytes, the highest first.
    mutating func number() -> UInt32? { take(4)?.reduce(0) { $0 << 8 | UInt32($1) } }

    mutating func short() -> UInt16? { take(2)?.reduce(0) { $0 << 8 | UInt16($1) } }

    /// Up to a zero byte, which is taken too.
    mutating func text() -> String? { word(until: 0) }

    mutating func word(until end: UInt8) -> String? {
        guard position >= 0, position < bytes.count, let place = bytes[position...].firstIndex(of: end) else {
            return nil
        }
        defer { position = place + 1 }
        return String(decoding: bytes[position..<place], as: UTF8.self)
    }
}
