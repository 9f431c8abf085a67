import Crypto
import Glibc
import Synchronization

/// What the cache wants to know of a file's content.
struct FileDigest: Hashable, Sendable {
    /// Lower-case hexadecimal.
    let sha256: String
    /// The variables of the run that the content names.
    let variables: Set<String>
}

/// Reads files for the cache, piece by piece, and remembers those that have not changed since.
final class FileDigester: Sendable {
    enum Failure: Error, Hashable {
        /// A folder, a pipe, a device.
        case notAFile
        case missing
        case system(Int32)
    }

    private struct Identity: Hashable {
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: [Int]
        let changed: [Int]

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
            changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
        }
    }

    private static let capacity = 20_000
    /// A file that was changed so recently can be changed again within the same tick of the file system's clock.
    private static let settlingSeconds = 2

    private let known = Mutex<[Identity: FileDigest]>([:])

    func digest(_ path: String) throws(Failure) -> FileDigest {
        // Not blocking: a pipe without a writer must not be waited for.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? .missing : .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        let identity = Identity(status)
        if let digest = known.withLock({ $0[identity] }) { return digest }
        let digest = try Self.read(descriptor)
        guard fstat(descriptor, &status) == 0, Identity(status) == identity,
            time(nil) - max(identity.modified[0], identity.changed[0]) > Self.settlingSeconds
        else { return digest }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
            known[identity] = digest
        }
        return digest
    }

    private static func read(_ descriptor: Int32) throws(Failure) -> FileDigest {
        var hasher = SHA256()
        var search = VariableSearch()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            buffer.withUnsafeBytes { bytes in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                hasher.update(bufferPointer: piece)
                search.look(in: piece)
            }
        }
        return FileDigest(sha256: ArtifactHash.text(hasher.finalize()), variables: search.found)
    }
}

/// Which variables of a run a text names, whose values differ from run to run.
struct VariableSearch {
    /// Values that differ between runs that otherwise do the same.
    static let variables = [
        "RUN_ID", "RUN_TYPE", "LOGICAL_DATE", "DATA_INTERVAL_START", "DATA_INTERVAL_END", "MAP_INDEX",
        "TRY_NUMBER",
        "ASSET_EVENTS",
    ].map { "ORCHESTRATOR_" + $0 }

    private static let prefix = Array("ORCHESTRATOR_".utf8)
    private static let firstByte = Int32(UInt8(ascii: "O"))
    private static let longest = variables.map(\.utf8.count).max() ?? 0
    private(set) var found: Set<String> = []
    /// The end of the last piece, in which a name may begin.
    private var tail: [UInt8] = []

    static func variables(in text: String) -> Set<String> {
        var search = VariableSearch()
        Array(text.utf8).withUnsafeBytes { search.look(in: $0) }
        return search.found
    }

    mutating func look(in piece: UnsafeRawBufferPointer) {
        if !tail.isEmpty {
            let seam = tail + piece.prefix(Self.longest)
            seam.withUnsafeBytes { find(in: $0) }
        }
        find(in: piece)
        tail =
            piece.count >= Self.longest
            ? Array(piece.suffix(Self.longest)) : (tail + piece).suffix(Self.longest)
    }

    private mutating func find(in bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        var place = 0
        while let next = memchr(start + place, Self.firstByte, bytes.count - place) {
            let left = bytes.count - start.distance(to: next)
            if left >= Self.prefix.count, memcmp(next, Self.prefix, Self.prefix.count) == 0 {
                for name in Self.variables where name.utf8.count <= left && !found.contains(name) {
                    if memcmp(next, name, name.utf8.count) == 0 { found.insert(name) }
                }
            }
            place = start.distance(to: next) + 1
            if place >= bytes.count { return }
        }
    }
}

/// Hashes as texts.
enum ArtifactHash {
    static func text(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
