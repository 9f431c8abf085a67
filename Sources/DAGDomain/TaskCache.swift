/// When a task may be served from an earlier success instead of being run (`cache` in a DAG file).
package struct TaskCache: Hashable, Sendable {
    /// Whose results count as the task's own.
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        /// Those of the same task of the same DAG.
        case dag
        /// Those of any task of the home that does the same with the same.
        case home
    }

    /// A promise or rule of the task as its file has it: a change of it makes the earlier result another one's.
    package struct Declaration: Hashable, Sendable {
        package let key: String
        /// JSON, the members of objects in order of their names.
        package let text: String

        package init(key: String, text: String) {
            self.key = key
            self.text = text
        }
    }

    /// Files that count beside those that the command names; relative to the folder of the DAG file.
    package var files: [FilePattern]
    /// Environment variables that count beside those of `env`.
    package var environment: [String]
    /// How long after it was computed a result may serve; nil is for ever.
    package var expires: Duration?
    /// Changed by hand when something that nobody can see has changed.
    package var version: String
    /// Params that do not count.
    package var ignoredParameters: Set<String>
    package var scope: Scope
    package var declarations: [Declaration] = []

    package init(
        files: [FilePattern] = [], environment: [String] = [], expires: Duration? = nil, version: String = "",
        ignoredParameters: Set<String> = [], scope: Scope = .dag
    ) {
        self.files = files
        self.environment = environment
        self.expires = expires
        self.version = version
        self.ignoredParameters = ignoredParameters
        self.scope = scope
    }
}

/// Whether the tasks of a run that have `cache` may be served from earlier successes.
package enum CacheUse: String, Hashable, Sendable, CaseIterable {
    /// All but those that somebody has cleared: who clears a task wants it done again.
    case exceptCleared = "except_cleared"
    case always
    case never
}
