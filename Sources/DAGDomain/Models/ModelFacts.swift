import JSONText

/// How a version came to be, as far as somebody needs to know who wants to judge it or make it again.
package struct ModelFacts: Hashable, Sendable {
    package var parameters: JSONObject
    /// What the program logged as params through MLflow's protocol.
    package var logged = JSONObject()
    /// The last value of each metric: of the training, then of every evaluation.
    package var metrics: [String: Double]
    /// What the upstream tasks had left.
    package var datasets: [ModelDataset]
    /// Of the DAG's folder when the training began; nil outside a repository.
    package var git: GitState?
    /// The files that pin the packages it ran with.
    package var environment: [LockFile]

    package init(
        parameters: JSONObject = JSONObject(), metrics: [String: Double] = [:], datasets: [ModelDataset] = [],
        git: GitState? = nil, environment: [LockFile] = []
    ) {
        self.parameters = parameters
        self.metrics = metrics
        self.datasets = datasets
        self.git = git
        self.environment = environment
    }
}

/// An artifact that a training could read.
package struct ModelDataset: Hashable, Sendable {
    package let name: String
    package let taskID: TaskID
    package let sha256: String
    package let sizeBytes: Int64

    package init(name: String, taskID: TaskID, sha256: String, sizeBytes: Int64) {
        self.name = name
        self.taskID = taskID
        self.sha256 = sha256
        self.sizeBytes = sizeBytes
    }
}

/// The commit that a folder is at.
package struct GitState: Hashable, Sendable {
    /// Lower-case hexadecimal.
    package let commit: String
    /// Whether a tracked file of the folder differs from it; nil when that cannot be told.
    package let isDirty: Bool?

    package init(commit: String, isDirty: Bool?) {
        self.commit = commit
        self.isDirty = isDirty
    }
}

/// A file that pins versions of packages, by its content.
package struct LockFile: Hashable, Sendable {
    /// Relative to the DAG's folder.
    package let path: String
    package let sha256: String
    package let sizeBytes: Int64

    package init(path: String, sha256: String, sizeBytes: Int64) {
        self.path = path
        self.sha256 = sha256
        self.sizeBytes = sizeBytes
    }
}
