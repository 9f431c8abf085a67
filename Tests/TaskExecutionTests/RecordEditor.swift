import CProcess
import Glibc

/// Changes a control file as a crash, a restart of the machine or an attacker would.
struct RecordEditor {
    let path: String

    func eraseStart() -> Bool { erase(ATTEMPT_STARTED_OFFSET, MemoryLayout<attempt_started>.size) }
    func eraseEnd() -> Bool { erase(ATTEMPT_EXIT_OFFSET, MemoryLayout<attempt_exit>.size) }

    private func erase(_ offset: Int, _ count: Int) -> Bool {
        Files.write([UInt8](repeating: 0, count: count), to: path, at: offset)
    }

    func flipBit(at offset: Int) -> Bool {
        guard let content = Files.read(path), offset < content.count else { return false }
        return Files.write([content[offset] ^ 1], to: path, at: offset)
    }

    var started: attempt_started? { load(at: ATTEMPT_STARTED_OFFSET) }
    var spec: attempt_spec? { load(at: ATTEMPT_SPEC_OFFSET) }

    private func load<Record: BitwiseCopyable>(at offset: Int) -> Record? {
        guard let content = Files.read(path), content.count >= offset + MemoryLayout<Record>.size else {
            return nil
        }
        return content.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Record.self) }
    }

    /// Writes a changed start with the right checksum.
    func rewriteStart(_ change: (inout attempt_started) -> Void) -> Bool {
        guard var record = started else { return false }
        change(&record)
        record.crc = withUnsafeBytes(of: record) { bytes in
            bytes.baseAddress.map { attempt_crc32($0, bytes.count - 4) } ?? 0
        }
        return Files.write(withUnsafeBytes(of: record) { Array($0) }, to: path, at: ATTEMPT_STARTED_OFFSET)
    }
}
