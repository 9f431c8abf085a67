import DAGDomain
import Glibc

/// The second ledger: a small file with the number of the last acknowledged transaction.
///
/// SQLite cannot notice that its write-ahead log was deleted, cut or damaged: the database is then simply older, and
/// every check of it passes. A number here that is higher than the database's is the proof of loss. The number is
/// written after each commit (which a killed process does not lose) and synced at most once a second and at a clean
/// stop, so after a power cut it may be low, which only makes the check weaker, never wrong.
struct TransactionJournal: ~Copyable {
    private let descriptor: CInt
    private let path: String
    private var syncedAt: Timestamp?

    /// Opens the file, or makes it.
    init(path: String) throws {
        self.path = path
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", path) }
    }

    deinit {
        Glibc.close(descriptor)
    }

    mutating func record(_ number: Int64, at: Timestamp) throws {
        try write(number)
        if let syncedAt, at >= syncedAt, at - syncedAt < .seconds(1) { return }
        try sync()
        syncedAt = at
    }

    func recordDurably(_ number: Int64) throws {
        try write(number)
        try sync()
    }

    private func sync() throws {
        guard fdatasync(descriptor) == 0 else { throw SystemError("fdatasync", path) }
    }

    private func write(_ number: Int64) throws {
        let line = Self.line(number)
        let written = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == line.count else { throw SystemError("pwrite", path) }
    }

    /// A line of constant length, so that each write replaces the whole text: number and checksum.
    private static func line(_ number: Int64) -> [UInt8] {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 19 - digits.count)) + digits
        return Array("\(padded) \(checksum(padded))\n".utf8)
    }

    /// FNV-1a, 64 bit (Fowler, Noll, Vo): enough against a torn or zeroed line.
    private static func checksum(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    enum Content: Hashable {
        case absent
        case number(Int64)
        case unreadable
    }

    static func read(path: String) throws -> Content {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return .absent }
            throw SystemError("open", path)
        }
        defer { Glibc.close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError("read", path) }
        if count == 0 { return .absent }
        let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
        guard let first = fields.first, let number = Int64(first), Array(buffer[..<count]) == line(number)
        else { return .unreadable }
        return .number(number)
    }
}
