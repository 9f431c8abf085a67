import CProcess
import DAGDomain
import Glibc

/// An open control file. It stays readable when somebody removes or replaces it by name.
final class AttemptRecordFile: Sendable {
    /// What can be at the place of a control file.
    enum Opening: Sendable {
        case file(AttemptRecordFile)
        case missing
        /// A link, a FIFO, a folder, or not readable for us.
        case unusable(String)
    }

    enum CreationProblem: Error {
        /// Another process holds it or has started it: the attempt is under way or over.
        case taken(AttemptRecordFile)
        case unusable(String)
        case failed(errno: Int32)
    }

    private let descriptor: Int32
    let id: AttemptID

    private init(descriptor: Int32, id: AttemptID) {
        self.descriptor = descriptor
        self.id = id
    }

    deinit { close(descriptor) }

    static func open(_ path: String, id: AttemptID) -> Opening {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let descriptor = Glibc.open(path, flags)
        if descriptor < 0 {
            return errno == ENOENT
                ? .missing : .unusable("the record cannot be opened: \(Machine.describe(errno))")
        }
        let file = AttemptRecordFile(descriptor: descriptor, id: id)
        var found = stat()
        guard fstat(descriptor, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            return .unusable("the record is not a file")
        }
        return .file(file)
    }

    /// Puts a new control file in place, whole or not at all. A file that is there already is overwritten
    /// only if nothing was and nothing can have been started by it.
    static func create(
        _ path: String, id: AttemptID, bytes: [UInt8]
    ) throws(CreationProblem) -> AttemptRecordFile {
        let draft = path + ".new"
        let flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = Glibc.open(draft, flags, 0o600)
        guard descriptor >= 0 else { throw .failed(errno: errno) }
        let file = AttemptRecordFile(descriptor: descriptor, id: id)
        var error = file.write(bytes, at: 0)
        if error == 0 { error = cprocess_rename_new(draft, path) }
        if error == 0 { return file }
        unlink(draft)
        guard error == EEXIST else { throw .failed(errno: error) }
        return try reuse(path, id: id, bytes: bytes)
    }

    /// The lock keeps a supervisor out that an earlier daemon may still have on its way.
    private static func reuse(
        _ path: String, id: AttemptID, bytes: [UInt8]
    ) throws(CreationProblem) -> AttemptRecordFile {
        let file: AttemptRecordFile
        switch open(path, id: id) {
        case .file(let found): file = found
        case .missing: return try create(path, id: id, bytes: bytes)
        case .unusable(let problem): throw .unusable(problem)
        }
        guard cprocess_lock(file.descriptor) == 0 else { throw .taken(file) }
        defer { cprocess_unlock(file.descriptor) }
        let record = file.read()
        guard case .absent = record.started, case .absent = record.ended else { throw .taken(file) }
        guard ftruncate(file.descriptor, 0) == 0 else { throw .failed(errno: errno) }
        let error = file.write(bytes, at: 0)
        guard error == 0 else { throw .failed(errno: error) }
        return file
    }

    func read() -> AttemptRecord {
        let bytes = read(AttemptRecord.fixedSize, at: 0)
        return AttemptRecord(bytes: bytes, id: id) {
            let header: attempt_header = AttemptRecord.load(bytes, at: 0)
            let length = min(Int(header.spec_length), ATTEMPT_SPEC_MAX)
            return StoredSpecification(bytes: self.read(length, at: ATTEMPT_SPEC_OFFSET))
        }
    }

    /// The process that holds the supervisor's lock; 0 if there is none.
    func lockHolder() -> Int32 {
        cprocess_lock_holder(descriptor)
    }

    /// Makes sure that nothing will ever be started by this file. False when a supervisor has it.
    func revoke() -> Bool {
        guard cprocess_lock(descriptor) == 0 else { return false }
        defer { cprocess_unlock(descriptor) }
        let record = read()
        guard case .absent = record.started, case .absent = record.ended else { return false }
        var header: attempt_header = AttemptRecord.load(read(AttemptRecord.fixedSize, at: 0), at: 0)
        header.magic = ATTEMPT_REVOKED_MAGIC
        withUnsafeMutableBytes(of: &header) { RecordChecksum.write(in: $0) }
        // Where this cannot be written, a supervisor cannot write its start either.
        _ = write(withUnsafeBytes(of: header) { Array($0) }, at: 0)
        return true
    }

    /// As many bytes as there are, at most `count`.
    private func read(_ count: Int, at offset: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let start = buffer.baseAddress {
                let part = pread(descriptor, start + filled, count - filled, offset + filled)
                if part < 0, errno == EINTR { continue }
                if part <= 0 { break }
                filled += part
            }
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count, let start = buffer.baseAddress {
                let part = pwrite(descriptor, start + done, buffer.count - done, offset + done)
                if part < 0, errno == EINTR { continue }
                if part <= 0 { return part < 0 ? errno : ENOSPC }
                done += part
            }
            return 0
        }
    }
}
