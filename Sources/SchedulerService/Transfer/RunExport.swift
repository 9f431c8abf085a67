import ArtifactStore
import Crypto
import DAGDomain
import Glibc
import StateStore

/// What a run's file holds, for the person who had it written.
package struct RunTransferSummary: Hashable, Sendable {
    package let dagID: DAGID
    package let runID: RunID
    package let path: String
    package let logs: Int
    package let artifacts: Int
    package let sizeBytes: Int64
}

extension ControlPlane {
    /// Writes a finished run into one file that another home can import. Waits for the disk.
    ///
    /// Secrets in logs are masked, because the other home does not know what to mask.
    package func exportRun(
        dagID: DAGID, runID: RunID, to path: String
    ) throws(ControlPlaneError) -> RunTransferSummary {
        let run = try existingRun(dagID, runID)
        guard run.state.isFinished else {
            throw .conflict("run `\(runID)` is \(run.state.rawValue): it can be exported when it has ended")
        }
        guard access(path, F_OK) != 0 else { throw .conflict("\(path) exists already") }
        let masker = try masker(for: run.number)
        let hashes = try artifactHashes(of: run)
        let folder = settings.home.folder(ofRun: run.number.value)
        let logs = Self.logs(in: folder)
        let store = ArtifactStore(home: settings.home.path)
        let facts: [RunBundle.Fact: String] = [
            .program: "orchestrator", .exportedAt: WallClock.now().rfc3339,
        ]
        do throws(StateStoreError) {
            try self.store.exportRun(run.number, to: path, facts: facts) { writer in
                for attempt in logs {
                    let file = "\(folder)/\(attempt.text).log"
                    try FilePieces(file, masker: masker).give(to: writer, as: .log(attempt))
                }
                for hash in hashes {
                    try FilePieces(try store.path(of: hash), masker: nil).give(
                        to: writer, as: .artifact(hash))
                }
                try writer.seal { parts in
                    var hasher = SHA256()
                    try parts { hasher.update(data: $0) }
                    return ArtifactHash.text(hasher.finalize())
                }
            }
        } catch {
            throw Self.exportFailure(error, path)
        }
        var status = stat()
        let size = stat(path, &status) == 0 ? Int64(status.st_size) : 0
        return RunTransferSummary(
            dagID: dagID, runID: runID, path: path, logs: logs.count, artifacts: hashes.count, sizeBytes: size
        )
    }

    private func artifactHashes(of run: DAGRun) throws(ControlPlaneError) -> [String] {
        let dag = try definition(of: run)
        let reports = try reading { () throws(StateStoreError) in
            try store.data(of: run.number, tasks: Array(dag.tasks.indices))
        }
        return Set(reports.flatMap { $0.artifacts.map(\.sha256) }).sorted()
    }

    private static func exportFailure(_ error: StateStoreError, _ path: String) -> ControlPlaneError {
        if case .inputOutput(_, let detail) = error {
            return .invalidRequest("\(path) cannot be written: \(detail)")
        }
        return .unavailable(error.sentence)
    }

    private static func logs(in folder: String) -> [AttemptID] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var attempts: [AttemptID] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".log") { attempts.append(AttemptID(String(name.dropLast(4)))) }
        }
        return attempts.filter { RunBundle.Content(name: RunBundle.Content.log($0).name) != nil }
            .sorted { $0.text < $1.text }
    }
}

/// A file in pieces for a bundle, with secrets masked and the hash of what is given.
private final class FilePieces {
    private let path: String
    private let descriptor: Int32
    private var masking: SecretMaskingStream?
    private var hasher = SHA256()
    private var isAtEnd = false

    init(_ path: String, masker: SecretMasker?) throws(RunBundleError) {
        self.path = path
        masking = masker.map { SecretMaskingStream($0) }
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw RunBundleError("cannot be read: \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    func give(to writer: RunBundleWriter, as content: RunBundle.Content) throws {
        try writer.add(content, next: next, hash: { ArtifactHash.text(hasher.finalize()) })
        if case .artifact(let expected) = content, ArtifactHash.text(hasher.finalize()) != expected {
            throw RunBundleError("cannot be written: the artifact \(expected) is damaged")
        }
    }

    /// Half a piece is read at a time: masks are longer than the shortest secrets.
    private func next() throws -> [UInt8]? {
        while !isAtEnd {
            var buffer = [UInt8](repeating: 0, count: RunBundle.pieceSize / 2)
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw RunBundleError("cannot be read: \(path): \(String(cString: strerror(errno)))")
            }
            isAtEnd = count == 0
            var bytes = Array(buffer[..<count])
            if masking != nil { bytes = (isAtEnd ? masking?.finish() : masking?.take(bytes)) ?? [] }
            guard !bytes.isEmpty else { continue }
            hasher.update(data: bytes)
            return bytes
        }
        return nil
    }
}
