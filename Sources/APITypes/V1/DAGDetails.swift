import JSONText

extension V1 {
    /// Everything about one DAG.
    package struct DAGDetails: Codable, Hashable, Sendable {
        package var dag: DAG
        package var documentation: String
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        /// `false`, `true`, `latest`, `collapse`, or a window in seconds with `s`.
        package var catchup: String
        /// Seconds.
        @Nullable package var dagrunTimeout: Double?
        /// Name to JSON Schema.
        package var params: JSONObject
        /// Of a DAG that is scheduled on assets.
        @Nullable package var assets: AssetWaiting?
        /// Of a DAG with `retrain_when`.
        @Nullable package var retraining: Retraining?
        /// In file order.
        package var tasks: [Task]
        /// In file order; a group comes before those inside it.
        package var groups: [TaskGroup]
        /// Of the newest text of the file, when it is broken.
        package var errors: [Diagnostic]

        package init(
            dag: DAG, documentation: String, startDate: String? = nil, endDate: String? = nil,
            catchup: String, dagrunTimeout: Double? = nil, params: JSONObject, tasks: [Task],
            groups: [TaskGroup], errors: [Diagnostic]
        ) {
            self.dag = dag
            self.documentation = documentation
            self.startDate = startDate
            self.endDate = endDate
            self.catchup = catchup
            self.dagrunTimeout = dagrunTimeout
            self.params = params
            self.tasks = tasks
            self.groups = groups
            self.errors = errors
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dag, documentation, catchup, params, assets, retraining, tasks, groups, errors
            case startDate = "start_date"
            case endDate = "end_date"
            case dagrunTimeout = "dagrun_timeout"
        }
    }

    /// Tasks that a DAG file holds together.
    package struct TaskGroup: Codable, Hashable, Sendable {
        package var groupID: String
        /// The group around it.
        @Nullable package var parent: String?
        package var tooltip: String
        @Nullable package var mapping: String?
        /// Those of inner groups included.
        package var taskIDs: [String]

        package init(
            groupID: String, parent: String?, tooltip: String, mapping: String?, taskIDs: [String]
        ) {
            self.groupID = groupID
            self.parent = parent
            self.tooltip = tooltip
            self.mapping = mapping
            self.taskIDs = taskIDs
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case parent, tooltip, mapping
            case groupID = "group_id"
            case taskIDs = "task_ids"
        }
    }
}
