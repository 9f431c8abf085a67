import JSONText

extension V1 {
    /// A task with its values filled in.
    package struct RenderedTask: Codable, Hashable, Sendable {
        package var dagID: String
        /// Null for a look without a run.
        @Nullable package var runID: String?
        package var taskID: String
        package var mapIndex: Int
        package var tryNumber: Int
        /// `command`, `env` and what else the task's way of running has; secrets are masked.
        package var fields: JSONObject
        /// Why a place has no value, a sentence each.
        package var problems: [String]
        /// Whether these are the values that the try was started with; otherwise they are filled in now.
        package var recorded: Bool

        package init(
            dagID: String, runID: String?, taskID: String, mapIndex: Int, tryNumber: Int, fields: JSONObject,
            problems: [String], recorded: Bool
        ) {
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.tryNumber = tryNumber
            self.fields = fields
            self.problems = problems
            self.recorded = recorded
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case fields, problems, recorded
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
            case tryNumber = "try_number"
        }
    }

    /// A run that is only thought of.
    package struct TaskPreviewBody: Codable, Hashable, Sendable {
        package var logicalDate: String?
        package var conf: JSONObject?
        /// `--param k=v` texts, read by the declared type; they win over `conf`.
        package var params: [ParameterText]?
        package var mapIndex: Int?

        package init(
            logicalDate: String? = nil, conf: JSONObject? = nil, params: [ParameterText]? = nil,
            mapIndex: Int? = nil
        ) {
            self.logicalDate = logicalDate
            self.conf = conf
            self.params = params
            self.mapIndex = mapIndex
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case conf, params
            case logicalDate = "logical_date"
            case mapIndex = "map_index"
        }
    }

    /// What a task needs to be tried alone, with its secrets in the clear: answered over the unix socket only.
    package struct TaskTrialPlan: Codable, Hashable, Sendable {
        package var path: String
        package var taskID: String
        /// Null for a task that starts no program.
        @Nullable package var arguments: [String]?
        /// What the program is to do itself: `kind` and `specification`.
        @Nullable package var perform: JSONObject?
        package var env: [String: String]
        package var workingDirectory: String
        package var params: JSONObject
        /// What must not be shown.
        package var secrets: [String]
        /// Links that the task finds: `variable`, `folder`, `name`, `target`.
        package var links: [JSONObject]
        /// Why a run would skip the task.
        @Nullable package var skipReason: String?

        package init(
            path: String, taskID: String, arguments: [String]?, perform: JSONObject?, env: [String: String],
            workingDirectory: String, params: JSONObject, secrets: [String], links: [JSONObject],
            skipReason: String?
        ) {
            self.links = links
            self.skipReason = skipReason
            self.path = path
            self.taskID = taskID
            self.arguments = arguments
            self.perform = perform
            self.env = env
            self.workingDirectory = workingDirectory
            self.params = params
            self.secrets = secrets
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case path, arguments, perform, env, params, secrets, links
            case skipReason = "skip_reason"
            case taskID = "task_id"
            case workingDirectory = "working_directory"
        }
    }
}
