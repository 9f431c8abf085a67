import JSONText

extension AirflowV2 {
    /// A task as the DAG file describes it.
    package struct TaskResponse: Codable, Hashable, Sendable {
        @Nullable package var classRef: JSONObject?
        package var dependsOnPast: Bool
        @Nullable package var docMD: String?
        @Nullable package var downstreamTaskIDs: [String]?
        @Nullable package var endDate: String?
        @Nullable package var executionTimeout: TimeDelta?
        package var extraLinks: [String]
        @Nullable package var isMapped: Bool?
        @Nullable package var operatorName: String?
        @Nullable package var owner: String?
        @Nullable package var params: JSONObject?
        @Nullable package var pool: String?
        @Nullable package var poolSlots: Double?
        @Nullable package var priorityWeight: Double?
        @Nullable package var queue: String?
        @Nullable package var retries: Double?
        @Nullable package var retryDelay: TimeDelta?
        package var retryExponentialBackoff: Double
        @Nullable package var startDate: String?
        @Nullable package var taskDisplayName: String?
        @Nullable package var taskID: String?
        @Nullable package var templateFields: [String]?
        @Nullable package var triggerRule: String?
        @Nullable package var uiColor: String?
        @Nullable package var uiFgcolor: String?
        package var waitForDownstream: Bool
        @Nullable package var weightRule: String?

        package init(
            classRef: JSONObject? = nil, dependsOnPast: Bool = false, docMD: String? = nil,
            downstreamTaskIDs: [String]? = nil, endDate: String? = nil,
            executionTimeout: TimeDelta? = nil, extraLinks: [String] = [], isMapped: Bool? = nil,
            operatorName: String? = nil, owner: String? = nil, params: JSONObject? = nil,
            pool: String? = nil, poolSlots: Double? = nil, priorityWeight: Double? = nil,
            queue: String? = nil, retries: Double? = nil, retryDelay: TimeDelta? = nil,
            retryExponentialBackoff: Double, startDate: String? = nil, taskDisplayName: String? = nil,
            taskID: String? = nil, templateFields: [String]? = nil, triggerRule: String? = nil,
            uiColor: String? = nil, uiFgcolor: String? = nil, waitForDownstream: Bool = false,
            weightRule: String? = nil
        ) {
            self.classRef = classRef
            self.dependsOnPast = dependsOnPast
            self.docMD = docMD
            self.downstreamTaskIDs = downstreamTaskIDs
            self.endDate = endDate
            self.executionTimeout = executionTimeout
            self.extraLinks = extraLinks
            self.isMapped = isMapped
            self.operatorName = operatorName
            self.owner = owner
            self.params = params
            self.pool = pool
            self.poolSlots = poolSlots
            self.priorityWeight = priorityWeight
            self.queue = queue
            self.retries = retries
            self.retryDelay = retryDelay
            self.retryExponentialBackoff = retryExponentialBackoff
            self.startDate = startDate
            self.taskDisplayName = taskDisplayName
            self.taskID = taskID
            self.templateFields = templateFields
            self.triggerRule = triggerRule
            self.uiColor = uiColor
            self.uiFgcolor = uiFgcolor
            self.waitForDownstream = waitForDownstream
            self.weightRule = weightRule
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case owner, params, pool, queue, retries
            case classRef = "class_ref"
            case dependsOnPast = "depends_on_past"
            case docMD = "doc_md"
            case downstreamTaskIDs = "downstream_task_ids"
            case endDate = "end_date"
            case executionTimeout = "execution_timeout"
            case extraLinks = "extra_links"
            case isMapped = "is_mapped"
            case operatorName = "operator_name"
            case poolSlots = "pool_slots"
            case priorityWeight = "priority_weight"
            case retryDelay = "retry_delay"
            case retryExponentialBackoff = "retry_exponential_backoff"
            case startDate = "start_date"
            case taskDisplayName = "task_display_name"
            case taskID = "task_id"
            case templateFields = "template_fields"
            case triggerRule = "trigger_rule"
            case uiColor = "ui_color"
            case uiFgcolor = "ui_fgcolor"
            case waitForDownstream = "wait_for_downstream"
            case weightRule = "weight_rule"
        }
    }

    /// The tasks of a DAG.
    package struct TaskCollectionResponse: Codable, Hashable, Sendable {
        package var tasks: [TaskResponse]
        package var totalEntries: Int

        package init(tasks: [TaskResponse], totalEntries: Int) {
            self.tasks = tasks
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case tasks
            case totalEntries = "total_entries"
        }
    }

    /// A length of time as Airflow writes it: the three numbers add up.
    package struct TimeDelta: Codable, Hashable, Sendable {
        package var type: String
        package var days: Int
        package var seconds: Int
        package var microseconds: Int

        package init(type: String = "TimeDelta", days: Int, seconds: Int, microseconds: Int) {
            self.type = type
            self.days = days
            self.seconds = seconds
            self.microseconds = microseconds
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case days, seconds, microseconds
            case type = "__type"
        }
    }
}
