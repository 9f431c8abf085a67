/// One try to bring a version of a model into service: an attempt of a task with `deploy`.
package struct Deployment: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// Its attempt is under way.
        case running
        /// It works, and its alias points to it.
        case healthy
        /// It did not work, and nothing, or not all, was undone.
        case failed
        /// It did not work; the version before is in service.
        case rolledBack = "rolled_back"
        /// It worked until its alias went elsewhere.
        case replaced
    }

    package let attempt: AttemptID
    package let key: ModelVersionKey
    package let alias: AliasName
    package let strategy: DeployPlan.Strategy
    package let state: State
    /// What the alias pointed to when it began.
    package let previous: ModelVersionNumber?
    package let startedAt: Timestamp
    /// Nil while it is running.
    package let endedAt: Timestamp?
    package let origin: ModelOrigin
    /// What happened, for people; empty while it is running.
    package let detail: String

    package init(
        attempt: AttemptID, key: ModelVersionKey, alias: AliasName, strategy: DeployPlan.Strategy,
        state: State = .running, previous: ModelVersionNumber?, startedAt: Timestamp,
        endedAt: Timestamp? = nil, origin: ModelOrigin, detail: String = ""
    ) {
        self.attempt = attempt
        self.key = key
        self.alias = alias
        self.strategy = strategy
        self.state = state
        self.previous = previous
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.origin = origin
        self.detail = detail
    }
}

/// How a deployment came to its end, as far as its process has told.
package struct DeploymentEnd: Hashable, Sendable {
    package var state: Deployment.State
    package var detail: String
    package let endedAt: Timestamp

    package init(state: Deployment.State, detail: String, endedAt: Timestamp) {
        self.state = state
        self.detail = detail
        self.endedAt = endedAt
    }
}
