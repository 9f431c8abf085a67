import ArtifactStore
import Crypto
import DAGDomain
import DAGLoading
import Glibc
import StateStore

/// A run's file that was looked through: its artifacts are kept, and its logs lie ready. The run itself is not there yet.
package struct StagedRun: Sendable {
    let bundle: RunBundleReader
    let dag: DAG
    let source: [UInt8]
    package let runID: RunID
    /// A folder beside those of the runs.
    let folder: String
}

extension ControlPlane {
    /// Takes a run over that another home has exported. Waits for the disk; whatever is wrong with the file is told, and
    /// leaves no run behind.
    package func stageImport(_ path: String) throws(ControlPlaneError) -> StagedRun {
        do throws(RunBundleError) {
            let bundle = try RunBundleReader(path: path)
            try Self.checkSeal(of: bundle)
            let (dag, source) = try Self.definition(in: bundle)
            let runID = RunID(try bundle.runText("run_id"))
            guard runID.isValid, try bundle.runText("dag_id") == dag.id.text else {
                throw RunBundleError("holds a run of another DAG than it says")
            }
            let folder = "\(settings.home.runsFolder)/import-\(UInt64.random(in: .min ... .max))"
            do {
                try unpack(bundle, into: folder)
            } catch {
                RunFolder.remove(folder)
                throw error as? RunBundleError ?? RunBundleError("cannot be unpacked: \(error)")
            }
            return StagedRun(bundle: bundle, dag: dag, source: source, runID: runID, folder: folder)
        } catch {
            throw .invalidRequest("\(path) \(error.text)")
        }
    }

    /// Gives a staged run a number and records it.
    package func importRun(_ staged: StagedRun, by user: String) async throws(ControlPlaneError) -> DAGRun {
        do throws(ControlPlaneError) {
            let number = try await engine.perform { [settings] engine throws(ControlPlaneError) in
                let dag = staged.dag
                let taken = try reading { () throws(StateStoreError) in
                    try engine.store.run(dag.id, staged.runID)
                }
                guard taken == nil else {
                    throw .conflict("run `\(staged.runID)` of DAG `\(dag.id)` is here already")
                }
                let number = engine.reserveRunNumber()
                let folder = settings.home.folder(ofRun: number.value)
                RunFolder.remove(folder)
                guard rename(staged.folder, folder) == 0 else {
                    throw .unavailable("\(folder) cannot be made: \(String(cString: strerror(errno)))")
                }
                do throws(StateStoreError) {
                    if try engine.store.dagSource(dag.id, dag.version) == nil {
                        try engine.store.recordVersion(of: dag, source: staged.source, at: WallClock.now())
                    }
                    try engine.store.importRun(
                        staged.bundle, as: number, of: dag, at: WallClock.now(), by: user)
                } catch {
                    RunFolder.remove(folder)
                    if case .guardFailed(let text) = error {
                        throw .invalidRequest("\(staged.bundle.path): \(text)")
                    }
                    throw .unavailable(error.sentence)
                }
                return number
            }
            let run = try reading { () throws(StateStoreError) in try store.run(number) }
            guard let run else { throw .unknownRun(staged.dag.id, staged.runID) }
            return run.run
        } catch {
            RunFolder.remove(staged.folder)
            throw error
        }
    }

    private static func checkSeal(of bundle: RunBundleReader) throws(RunBundleError) {
        var hasher = SHA256()
        try bundle.sealedContent { hasher.update(data: $0) }
        guard ArtifactHash.text(hasher.finalize()) == (try bundle.text(.seal)) else {
            throw RunBundleError("is damaged: its content is not what was sealed when it was written")
        }
    }

    private static func definition(in bundle: RunBundleReader) throws(RunBundleError) -> (DAG, [UInt8]) {
        let source = try bundle.source()
        let file = DAGLoader().load(
            bytes: source, path: try bundle.text(.path), folder: try bundle.text(.folder))
        guard let dag = file.dag else {
            let problem = file.errors.first?.message ?? ""
            throw RunBundleError("holds a DAG that this program does not read: \(problem)")
        }
        return (dag, source)
    }

    /// Keeps the artifacts, and writes the logs into a new folder.
    private func unpack(_ bundle: RunBundleReader, into folder: String) throws {
        let artifacts = ArtifactStore(home: settings.home.path)
        for path in [settings.home.runsFolder, folder] {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw RunBundleError("cannot be unpacked: \(path): \(String(cString: strerror(errno)))")
            }
        }
        for file in try bundle.files() {
            switch file.content {
            case .log(let attempt): try Self.write(file, of: bundle, to: "\(folder)/\(attempt.text).log")
            case .artifact(let hash):
                guard hash == file.sha256 else {
                    throw RunBundleError("holds an artifact under a wrong name")
                }
                // Held first, so that a collection does not remove it before the run is there.
                if try artifacts.hold(hash), try artifacts.size(of: hash) == file.size { continue }
                try Self.write(file, of: bundle, to: "\(folder)/\(hash)")
                let declaration = ArtifactDeclaration(name: hash, path: hash)
                _ = try artifacts.ingest(folder: folder, declarations: [declaration])
                unlink("\(folder)/\(hash)")
            }
        }
    }

    private static func write(
        _ file: (content: RunBundle.Content, size: Int64, sha256: String), of bundle: RunBundleReader,
        to path: String
    ) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RunBundleError("cannot be unpacked: \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var hasher = SHA256()
        try bundle.read(file.content) { bytes in
            hasher.update(data: bytes)
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    throw RunBundleError("cannot be unpacked: \(path): \(String(cString: strerror(errno)))")
                }
                rest = rest.dropFirst(count)
            }
        }
        guard ArtifactHash.text(hasher.finalize()) == file.sha256 else {
            throw RunBundleError("is damaged: the content of \(file.content.name) does not have its hash")
        }
    }
}
