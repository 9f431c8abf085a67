import Glibc

/// Counts values that repeat an earlier one, exactly and in little memory.
///
/// Kept is a 128-bit hash of each value: that two different values of a billion share one has a chance below 1e-20. Up to
/// a million of them are in memory. More are dealt into 256 parts by their first byte, block by block in one temporary
/// file that has no name; at the end each part is sorted alone. So 50 million values take 800 MB of disk and 10 MB of
/// memory.
final class DuplicateCount {
    private struct Hash: Comparable {
        let high: UInt64
        let low: UInt64

        static func < (left: Hash, right: Hash) -> Bool {
            left.high == right.high ? left.low < right.low : left.high < right.high
        }
    }

    private let folder: String
    private let memoryLimit: Int
    private let hash = ByteHash(seed: UInt64.random(in: .min ... .max))
    private var inMemory: [Hash] = []
    private var parts: [[Hash]] = []
    /// Where the blocks of each part are in the file, in blocks.
    private var blocks: [[Int]] = []
    private var blockCount = 0
    private var file: Int32 = -1
    private(set) var failure: DataFileError?

    /// Linux's `O_TMPFILE`, a macro that Swift does not see.
    private static let fileWithoutName: Int32 = 0o20_000_000 | O_DIRECTORY
    private static let partCount = 256
    private static let blockSize = 512

    /// - Parameters:
    ///   - folder: for the temporary file.
    ///   - memoryLimit: how many hashes stay in memory.
    init(folder: String, memoryLimit: Int = 1 << 20) {
        self.folder = folder
        self.memoryLimit = memoryLimit
    }

    deinit { if file >= 0 { close(file) } }

    func add(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        let (high, low) = hash.hash128(bytes)
        let value = Hash(high: high, low: low)
        if parts.isEmpty {
            inMemory.append(value)
            if inMemory.count == memoryLimit { spill() }
        } else {
            deal(value)
        }
    }

    /// To be called once, at the end.
    func duplicates() throws(DataFileError) -> Int {
        if let failure { throw failure }
        if parts.isEmpty { return Self.repeated(&inMemory) }
        var total = 0
        for part in 0..<Self.partCount {
            var values = try load(part)
            total += Self.repeated(&values)
        }
        return total
    }

    private static func repeated(_ values: inout [Hash]) -> Int {
        values.sort()
        return zip(values, values.dropFirst()).count { $0 == $1 }
    }

    // MARK: On disk

    private func spill() {
        file = open(folder, Self.fileWithoutName | O_RDWR | O_CLOEXEC, 0o600)
        if file < 0 { file = Self.openAndUnlink(in: folder) }
        guard file >= 0 else {
            failure = .noRoomToCount(folder: folder, code: errno)
            return
        }
        parts = Array(repeating: [], count: Self.partCount)
        for index in parts.indices { parts[index].reserveCapacity(Self.blockSize) }
        blocks = Array(repeating: [], count: Self.partCount)
        let values = inMemory
        inMemory = []
        for value in values { deal(value) }
    }

    /// Where the file system has no files without names.
    private static func openAndUnlink(in folder: String) -> Int32 {
        var template = Array("\(folder)/orchestrator-count-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return descriptor }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private func deal(_ value: Hash) {
        let part = Int(value.high >> 56)
        parts[part].append(value)
        guard parts[part].count == Self.blockSize else { return }
        write(part)
    }

    private func write(_ part: Int) {
        let size = Self.blockSize * MemoryLayout<Hash>.stride
        let start = blockCount * size
        let written = parts[part].withUnsafeBytes { Self.writeAll(file, $0, at: start) }
        guard written else {
            failure = .noRoomToCount(folder: folder, code: errno)
            return
        }
        blocks[part].append(blockCount)
        blockCount += 1
        parts[part].removeAll(keepingCapacity: true)
    }

    private static func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, start + done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private func load(_ part: Int) throws(DataFileError) -> [Hash] {
        let size = Self.blockSize * MemoryLayout<Hash>.stride
        var values = parts[part]
        values.reserveCapacity(values.count + blocks[part].count * Self.blockSize)
        var block = [Hash](repeating: Hash(high: 0, low: 0), count: Self.blockSize)
        for index in blocks[part] {
            let count = block.withUnsafeMutableBytes { pread(file, $0.baseAddress, size, index * size) }
            guard count == size else { throw .noRoomToCount(folder: folder, code: count < 0 ? errno : EIO) }
            values.append(contentsOf: block)
        }
        parts[part] = []
        return values
    }
}
