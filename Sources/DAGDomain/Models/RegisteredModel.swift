/// A model as the registry lists it; its versions hang on its name.
package struct RegisteredModel: Hashable, Sendable {
    package let name: ModelName
    package var description: String
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(name: ModelName, description: String = "", createdAt: Timestamp, updatedAt: Timestamp) {
        self.name = name
        self.description = description
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Whether what a version promises is there; the stored words are MLflow's.
package enum ModelVersionStatus: String, Hashable, Sendable, CaseIterable {
    case pending = "PENDING_REGISTRATION"
    case failed = "FAILED_REGISTRATION"
    case ready = "READY"
}

/// The task instance that made a version or moved an alias; kept as words, since versions outlive their runs.
package struct ModelOrigin: Hashable, Sendable {
    package let dagID: DAGID
    package let runID: RunID
    package let taskID: TaskID
    package let mapIndex: Int

    package init(dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int = -1) {
        self.dagID = dagID
        self.runID = runID
        self.taskID = taskID
        self.mapIndex = mapIndex
    }
}

/// What a version is, apart from its number. All but the description, the status and the metrics stays as it is.
package struct ModelContent: Hashable, Sendable {
    package var description: String
    package var status: ModelVersionStatus
    /// Where the model is: the path of the artifact, or the URI under which something outside has put it.
    package var source: String
    /// The model's file when it is kept here.
    package var artifact: ArtifactReference?
    /// The data that drift is measured against, kept here.
    package var referenceSHA256: String?
    package var trackingRunID: String?
    package var origin: ModelOrigin?
    package var dagVersion: DAGVersionHash?
    package var facts: ModelFacts

    package init(
        description: String = "", status: ModelVersionStatus = .ready, source: String,
        artifact: ArtifactReference? = nil, referenceSHA256: String? = nil, trackingRunID: String? = nil,
        origin: ModelOrigin? = nil, dagVersion: DAGVersionHash? = nil, facts: ModelFacts = ModelFacts()
    ) {
        self.description = description
        self.status = status
        self.source = source
        self.artifact = artifact
        self.referenceSHA256 = referenceSHA256
        self.trackingRunID = trackingRunID
        self.origin = origin
        self.dagVersion = dagVersion
        self.facts = facts
    }
}

/// A version before it has a number.
package struct ModelDraft: Hashable, Sendable {
    package var model: ModelName
    package var content: ModelContent
    package var tags: [String: String]
    /// Set to the version at once.
    package var alias: AliasName?

    package init(
        model: ModelName, content: ModelContent, tags: [String: String] = [:], alias: AliasName? = nil
    ) {
        self.model = model
        self.content = content
        self.tags = tags
        self.alias = alias
    }
}

/// A registered version of a model.
package struct ModelVersion: Hashable, Sendable {
    package let key: ModelVersionKey
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var content: ModelContent

    package init(
        key: ModelVersionKey, createdAt: Timestamp, updatedAt: Timestamp, content: ModelContent
    ) {
        self.key = key
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.content = content
    }
}
