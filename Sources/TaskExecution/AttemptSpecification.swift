import DAGDomain

/// What one attempt is to run, and the limits it runs under. All paths are absolute.
package struct AttemptSpecification: Sendable {
    package let id: AttemptID
    /// The program and its arguments. A program without a slash is looked for in the `PATH` of `environment`.
    package let arguments: [String]
    /// The whole environment of the task. `ORCHESTRATOR_ATTEMPT_ID` is added if it is not there: it is how
    /// processes are recognised as this attempt's when their supervisor was killed.
    package let environment: [String: String]
    package let workingDirectory: String
    /// Nil: no limit. Time while the machine sleeps counts.
    package let executionTimeout: Duration?
    /// The time between TERM and KILL.
    package let terminationGrace: Duration
    /// The file for the output; made, with its folders, when the first byte is written.
    package let logPath: String
    /// Bytes kept from the beginning of the output. Of what exceeds them the last 64 KiB are kept as well.
    package let logLimitBytes: UInt64
    /// Folders to make (mode 0700) before the program starts.
    package let directoriesToCreate: [String]
    /// Leaves processes alone that outlive the task's first process; otherwise they are ended with it.
    package let keepsLeftovers: Bool

    package static let defaultLogLimitBytes: UInt64 = 100 * 1024 * 1024
    package static let defaultTerminationGrace = Duration.seconds(5)

    package init(
        id: AttemptID, arguments: [String], environment: [String: String], workingDirectory: String,
        logPath: String, executionTimeout: Duration? = nil,
        terminationGrace: Duration = AttemptSpecification.defaultTerminationGrace,
        logLimitBytes: UInt64 = AttemptSpecification.defaultLogLimitBytes,
        directoriesToCreate: [String] = [], keepsLeftovers: Bool = false
    ) {
        self.id = id
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.logPath = logPath
        self.executionTimeout = executionTimeout
        self.terminationGrace = terminationGrace
        self.logLimitBytes = logLimitBytes
        self.directoriesToCreate = directoriesToCreate
        self.keepsLeftovers = keepsLeftovers
    }
}
