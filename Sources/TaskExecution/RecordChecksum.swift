import CProcess

/// The checksum that every record ends with: CRC-32 of all bytes before it.
enum RecordChecksum {
    private static let size = MemoryLayout<UInt32>.size

    static func write(in record: UnsafeMutableRawBufferPointer) {
        guard let start = record.baseAddress else { return }
        let crc = attempt_crc32(start, record.count - size)
        record.storeBytes(of: crc, toByteOffset: record.count - size, as: UInt32.self)
    }

    static func isValid(_ record: UnsafeRawBufferPointer) -> Bool {
        guard let start = record.baseAddress else { return false }
        let stored = record.loadUnaligned(fromByteOffset: record.count - size, as: UInt32.self)
        return stored == attempt_crc32(start, record.count - size)
    }
}
