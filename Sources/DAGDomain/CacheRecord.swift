/// One thing that decides whether an earlier result still holds, by its hash.
package struct CacheComponent: Hashable, Sendable {
    /// What kind of thing it is; in the order in which a person wants to hear of changes.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The way of running, with what was filled in.
        case way
        case file, parameter, output, artifact
        case variable
        /// A value of the run that the code asks for, such as its logical date.
        case context
        /// A promise or rule in the DAG file.
        case declaration
        case version
        /// Whose result it is.
        case owner
    }

    package let kind: Kind
    /// Which of its kind: a path, the name of a param, `rows of extract`.
    package let name: String
    /// SHA-256 in hexadecimal, or a keyed hash of what holds a secret.
    package let hash: String
    /// The value, when it is short and no secret.
    package let shown: String?

    package init(_ kind: Kind, _ name: String, hash: String, shown: String? = nil) {
        self.kind = kind
        self.name = name
        self.hash = hash
        self.shown = shown
    }
}

/// What the cache said when an attempt was to be started.
package enum CacheAnswer: String, Hashable, Sendable, CaseIterable {
    case served
    /// The task has no success yet to compare with.
    case nothingKept = "nothing_kept"
    case changed
    case expired
    /// An artifact of the earlier result is gone or damaged.
    case artifactMissing = "artifact_missing"
    /// The same was computed once, but its result was cleared or deleted.
    case forgotten
    case cleared
    case switchedOff = "switched_off"
    /// It cannot be said whether anything changed.
    case unusable
}

/// What was found out about an attempt of a task with `cache`: its key, and what came of it.
package struct CacheRecord: Hashable, Sendable {
    package let tryNumber: Int
    /// Hexadecimal; nil when it could not be worked out.
    package let key: String?
    package let components: [CacheComponent]
    package let answer: CacheAnswer
    /// The rest of a sentence: "computed anew because ...".
    package let text: String
    /// Who computed the result: this attempt, or the one that it was served from.
    package let sourceRun: RunID
    package let sourceTry: Int
    /// When the result was computed; nil is the end of this attempt.
    package var computedAt: Timestamp?
    /// Whether the result may serve others.
    package var isKept = true

    package init(
        tryNumber: Int, key: String?, components: [CacheComponent], answer: CacheAnswer, text: String,
        sourceRun: RunID, sourceTry: Int, computedAt: Timestamp? = nil
    ) {
        self.tryNumber = tryNumber
        self.key = key
        self.components = components
        self.answer = answer
        self.text = text
        self.sourceRun = sourceRun
        self.sourceTry = sourceTry
        self.computedAt = computedAt
    }
}
