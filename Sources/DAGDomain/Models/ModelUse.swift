/// What a task has to do with a registered model (`model` in a DAG file). What follows from it depends on the task's role.
package struct ModelUse: Hashable, Sendable {
    package let name: ModelName
    /// Of a task that trains: the declared artifact that is the model.
    package var artifact: String?
    /// Of a task that trains: the data that drift is measured against later.
    package var reference: ModelReferenceData?
    /// Of a task that trains: files that pin its packages, relative to the DAG's folder; empty looks for the usual ones.
    package var environment: [String] = []
    /// Of the others: which version; nil is the one that the training upstream made, else the champion.
    package var version: TemplateText?
    package var alias: AliasName?

    package init(
        name: ModelName, artifact: String? = nil, reference: ModelReferenceData? = nil,
        version: TemplateText? = nil, alias: AliasName? = nil
    ) {
        self.name = name
        self.artifact = artifact
        self.reference = reference
        self.version = version
        self.alias = alias
    }

    /// Roles that can have a model.
    package static let roles: [TaskRole] = [.train, .evaluate, .deploy, .monitor]

    /// The outputs of a training that name the version it made; only the registry gives them.
    package static let outputNames = ["model_name", "model_version"]
}

extension TaskDefinition {
    /// Outputs that the program gives besides those which the task writes itself.
    package var addedOutputs: [String] {
        (role == .train && model != nil ? ModelUse.outputNames : [])
            + (flow.selection == nil ? [] : TrialSelection.outputNames)
            + (drift == nil ? [] : DriftComparison.outputNames)
    }
}

/// An artifact that is kept with a version as its drift reference.
package enum ModelReferenceData: Hashable, Sendable {
    /// One of the training task's own.
    case own(String)
    case upstream(TaskID, artifact: String)
}
