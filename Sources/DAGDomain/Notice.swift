import JSONText

/// What somebody can be told of.
package enum NoticeEvent: String, Hashable, Sendable, CaseIterable {
    /// A run began, or a task's program.
    case execute = "on_execute"
    case success = "on_success"
    case failure = "on_failure"
    /// A try failed and another one follows; tasks only.
    case retry = "on_retry"
    /// A task skipped itself; one that is skipped because of others is not told of (as in Airflow). Tasks only.
    case skipped = "on_skipped"

    /// Whether runs have it too.
    package var isOfRuns: Bool { self == .execute || self == .success || self == .failure }
}

/// One way of telling somebody.
package struct NoticeAction: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case command, webhook, email
    }

    package let kind: Kind
    /// An object in the form in which the process that tells reads it, once its places are filled in.
    package let specification: TemplateJSON
    /// Extra tries when telling fails.
    package let retries: Int
    /// The wait before the second try; each further one is twice as long, up to `maximumDelay`.
    package let retryDelay: Duration
    /// How long one try may take.
    package let timeout: Duration

    package static let standardRetries = 8
    package static let standardDelay = Duration.seconds(10)
    package static let maximumDelay = Duration.seconds(600)
    package static let standardTimeout = Duration.seconds(60)

    package init(
        _ kind: Kind, _ specification: TemplateJSON, retries: Int = standardRetries,
        retryDelay: Duration = standardDelay, timeout: Duration = standardTimeout
    ) {
        self.kind = kind
        self.specification = specification
        self.retries = retries
        self.retryDelay = retryDelay
        self.timeout = timeout
    }

    /// The wait after so many tries that have failed (1 and more).
    package func delay(afterTries tries: Int) -> Duration {
        let factor = 1 << min(max(tries - 1, 0), 20)
        return min(retryDelay * factor, max(Self.maximumDelay, retryDelay))
    }
}

/// Who is told what, in the order of the file.
package typealias Notices = [NoticeEvent: [NoticeAction]]

/// What a notice is about.
package enum NoticeOccasion: Hashable, Sendable {
    case event(NoticeEvent)
    /// A missed deadline, by its place in the list of the task or DAG.
    case deadline(Int)

    /// `on_failure`, `deadline`.
    package var word: String {
        switch self {
        case .event(let event): event.rawValue
        case .deadline: "deadline"
        }
    }
}

/// A notice that is to be sent: recorded in the transaction of what caused it.
package struct RaisedNotice: Hashable, Sendable {
    package let run: RunNumber
    package let dagID: DAGID
    /// Nil: about the run itself. Of a mapped task's deadline the map index is -1.
    package let instance: TaskInstanceKey?
    package let occasion: NoticeOccasion
    /// Which of the actions for the occasion.
    package let position: Int
    package let kind: NoticeAction.Kind
    package let at: Timestamp
    /// What is told, as it was when it happened; docs/dag-file.md has the keys.
    package let facts: JSONObject

    package init(
        run: RunNumber, dagID: DAGID, instance: TaskInstanceKey?, occasion: NoticeOccasion, position: Int,
        kind: NoticeAction.Kind, at: Timestamp, facts: JSONObject
    ) {
        self.run = run
        self.dagID = dagID
        self.instance = instance
        self.occasion = occasion
        self.position = position
        self.kind = kind
        self.at = at
        self.facts = facts
    }
}

extension DAG {
    /// The action that a notice stands for; nil when the version has none there.
    package func action(of notice: NoticeOccasion, task: Int?, position: Int) -> NoticeAction? {
        let notices = task.map { tasks[$0].notices } ?? settings.notices
        let deadlines = task.map { tasks[$0].deadlines } ?? settings.deadlines
        let actions: [NoticeAction]
        switch notice {
        case .event(let event): actions = notices[event] ?? []
        case .deadline(let index): actions = deadlines.indices.contains(index) ? deadlines[index].actions : []
        }
        return actions.indices.contains(position) ? actions[position] : nil
    }
}
