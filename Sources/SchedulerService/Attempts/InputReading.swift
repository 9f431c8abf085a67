import ArtifactStore
import DAGDomain
import Glibc
import StateStore
import Synchronization

/// Finds out what the declared inputs of a task hold, by content, before an attempt begins. Files may be large: never
/// called where starts wait in line.
final class InputReading: Sendable {
    private struct Known {
        let identity: FileContent.Identity
        let sha256: String
    }

    private let store: StateStore
    /// Files that were read before and have not changed since.
    private let memory = Mutex<[String: Known]>([:])

    private static let memoryLimit = 10_000
    /// A file that changed just now may change again without its time showing it.
    private static let settlingTime = Duration.seconds(2)

    init(store: StateStore) {
        self.store = store
    }

    /// Reads the inputs and keeps what was found with the instance.
    func record(
        for context: AttemptContext, isStopped: () -> Bool
    ) throws(AttemptPreparation.Failure) -> [InputReference] {
        let references = try references(for: context, isStopped: isStopped)
        do {
            try store.recordInputs(references, of: context.key, at: WallClock.now())
        } catch {
            throw AttemptPreparation.Failure(
                text: "the inputs cannot be recorded: \(error.sentence)", isMachineFault: true)
        }
        return references
    }

    /// In the order of the declarations.
    func references(
        for context: AttemptContext, isStopped: () -> Bool = { false }
    ) throws(AttemptPreparation.Failure) -> [InputReference] {
        var references: [InputReference] = []
        for input in context.task.inputs {
            switch input.source {
            case .file(let path):
                let content = try content(of: path, input, in: context.dag.folder, isStopped: isStopped)
                references.append(
                    InputReference(
                        name: input.name, place: path, isArtifact: false, sha256: content.sha256,
                        sizeBytes: content.sizeBytes))
            case .artifact(let task, let name):
                references += try artifacts(task, name, input, context)
            }
        }
        return references
    }

    private func artifacts(
        _ task: TaskID, _ name: String, _ input: TaskInput, _ context: AttemptContext
    ) throws(AttemptPreparation.Failure) -> [InputReference] {
        var filter = ArtifactFilter()
        filter.run = context.run.number
        filter.taskID = task
        filter.name = name
        filter.limit = 100_000
        let rows: [ArtifactRow]
        do { rows = try store.artifacts(filter).rows } catch {
            throw AttemptPreparation.Failure(
                text: "the upstream artifacts cannot be read: \(error.sentence)", isMachineFault: true)
        }
        // An upstream task that was skipped or has failed left none; the trigger rule let this one start all the same.
        return rows.map { row in
            let index = row.key.mapIndex < 0 ? "" : "[\(row.key.mapIndex)]"
            return InputReference(
                name: input.name + index, place: "\(task)\(index).\(name)", isArtifact: true,
                sha256: row.artifact.sha256, sizeBytes: row.artifact.sizeBytes)
        }
    }

    private func content(
        of path: String, _ input: TaskInput, in folder: String, isStopped: () -> Bool
    ) throws(AttemptPreparation.Failure) -> (sha256: String, sizeBytes: Int64) {
        let place = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        do throws(FileContent.Failure) {
            let identity = try FileContent.identity(of: place)
            if let known = memory.withLock({ $0[place] }), known.identity == identity {
                return (known.sha256, identity.sizeBytes)
            }
            let content = try FileContent(reading: place, isStopped: isStopped)
            if let identity = content.identity,
                WallClock.now() - identity.modified > Self.settlingTime
            {
                memory.withLock { memory in
                    if memory.count >= Self.memoryLimit { memory = [:] }
                    memory[place] = Known(identity: identity, sha256: content.sha256)
                }
            }
            return (content.sha256, content.sizeBytes)
        } catch {
            let name = input.name == path ? "" : " (\(place))"
            let reason =
                switch error {
                case .missing: "is not there"
                case .notAFile: "is not a file"
                case .stopped: "was not read to its end"
                case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
                }
            throw AttemptPreparation.Failure(text: "the input `\(input.name)`\(name) \(reason)")
        }
    }
}
