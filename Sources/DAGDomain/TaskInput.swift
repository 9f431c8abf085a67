/// A file or an upstream artifact that a task declares to read. What it holds when an attempt begins is recorded by its
/// content hash.
package struct TaskInput: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// Relative to the DAG file's folder, or absolute.
        case file(path: String)
        /// Declared by a task that is upstream; of a mapped one those of all its instances.
        case artifact(task: TaskID, name: String)
    }

    /// Unique in the task; by default what the file writes: the path, or `TASK.NAME`.
    package let name: String
    package let source: Source

    package init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    /// What it is, in words: the path, or `TASK.NAME`.
    package var place: String {
        switch source {
        case .file(let path): path
        case .artifact(let task, let name): "\(task).\(name)"
        }
    }
}

/// What a declared input held when an attempt began.
package struct InputReference: Hashable, Sendable {
    package let name: String
    /// The path as declared, or `TASK.NAME` (of a mapped task `TASK[INDEX].NAME`).
    package let place: String
    package let isArtifact: Bool
    package let sha256: String
    package let sizeBytes: Int64

    package init(name: String, place: String, isArtifact: Bool, sha256: String, sizeBytes: Int64) {
        self.name = name
        self.place = place
        self.isArtifact = isArtifact
        self.sha256 = sha256
        self.sizeBytes = sizeBytes
    }
}
