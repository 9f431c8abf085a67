import DAGDomain
import JSONText

/// A run that is only thought of: for a look at what a task would get, or to try the task alone.
package struct TaskPreview: Sendable {
    package var dagID: DAGID
    package var taskID: TaskID
    package var mapIndex: Int
    package var logicalDate: Timestamp?
    package var conf: JSONObject
    /// `--param k=v` texts, read by the declared type; they win over `conf`.
    package var parameterTexts: [(name: String, text: String)]

    package init(
        dagID: DAGID, taskID: TaskID, mapIndex: Int = -1, logicalDate: Timestamp? = nil,
        conf: JSONObject = JSONObject(), parameterTexts: [(name: String, text: String)] = []
    ) {
        self.dagID = dagID
        self.taskID = taskID
        self.mapIndex = mapIndex
        self.logicalDate = logicalDate
        self.conf = conf
        self.parameterTexts = parameterTexts
    }
}

/// Everything that a task needs to be tried alone, with its secrets: only for who may read the home.
package struct TrialPlan: Sendable {
    package var dagPath: String
    package var taskID: TaskID
    /// Nil for a task that starts no program.
    package var arguments: [String]?
    /// What this program is to do itself for the task.
    package var performance: TaskPerformance?
    /// Without the variables that name files.
    package var environment: [String: String]
    package var workingDirectory: String
    package var parameters: JSONObject
    /// What must not be shown.
    package var secrets: [String]
    /// Files of a model that are put in place.
    package var links: [ModelLink] = []
    /// Why a run would skip the task.
    package var skipReason: String?

    package init(
        dagPath: String, taskID: TaskID, arguments: [String]?, performance: TaskPerformance? = nil,
        environment: [String: String], workingDirectory: String, parameters: JSONObject, secrets: [String]
    ) {
        self.dagPath = dagPath
        self.taskID = taskID
        self.arguments = arguments
        self.performance = performance
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.parameters = parameters
        self.secrets = secrets
    }
}
