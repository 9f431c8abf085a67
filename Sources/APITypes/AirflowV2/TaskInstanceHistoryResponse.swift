extension AirflowV2 {
    /// One try of a task instance.
    package struct TaskInstanceHistoryResponse: Codable, Hashable, Sendable {
        package var dagDisplayName: String
        package var dagID: String
        package var dagRunID: String
        @Nullable package var dagVersion: DagVersionResponse?
        /// Seconds.
        @Nullable package var duration: Double?
        @Nullable package var endDate: String?
        @Nullable package var executor: String?
        package var executorConfig: String
        @Nullable package var hostname: String?
        package var mapIndex: Int
        package var maxTries: Int
        @Nullable package var operatorClass: String?
        @Nullable package var operatorName: String?
        @Nullable package var pid: Int?
        package var pool: String
        package var poolSlots: Int
        @Nullable package var priorityWeight: Int?
        @Nullable package var queue: String?
        @Nullable package var queuedWhen: String?
        @Nullable package var scheduledWhen: String?
        @Nullable package var startDate: String?
        @Nullable package var state: TaskInstanceState?
        package var taskDisplayName: String
        package var taskID: String
        package var tryNumber: Int
        @Nullable package var unixname: String?

        package init(
            dagDisplayName: String, dagID: String, dagRunID: String,
            dagVersion: DagVersionResponse? = nil, duration: Double? = nil, endDate: String? = nil,
            executor: String? = nil, executorConfig: String = "{}", hostname: String? = nil,
            mapIndex: Int, maxTries: Int, operatorClass: String? = nil, operatorName: String? = nil,
            pid: Int? = nil, pool: String, poolSlots: Int, priorityWeight: Int? = nil,
            queue: String? = nil, queuedWhen: String? = nil, scheduledWhen: String? = nil,
            startDate: String? = nil, state: TaskInstanceState? = nil, taskDisplayName: String,
            taskID: String, tryNumber: Int, unixname: String? = nil
        ) {
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.dagRunID = dagRunID
            self.dagVersion = dagVersion
            self.duration = duration
            self.endDate = endDate
            self.executor = executor
            self.executorConfig = executorConfig
            self.hostname = hostname
            self.mapIndex = mapIndex
            self.maxTries = maxTries
            self.operatorClass = operatorClass
            self.operatorName = operatorName
            self.pid = pid
            self.pool = pool
            self.poolSlots = poolSlots
            self.priorityWeight = priorityWeight
            self.queue = queue
            self.queuedWhen = queuedWhen
            self.scheduledWhen = scheduledWhen
            self.startDate = startDate
            self.state = state
            self.taskDisplayName = taskDisplayName
            self.taskID = taskID
            self.tryNumber = tryNumber
            self.unixname = unixname
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case duration, executor, hostname, pid, pool, queue, state, unixname
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case dagRunID = "dag_run_id"
            case dagVersion = "dag_version"
            case endDate = "end_date"
            case executorConfig = "executor_config"
            case mapIndex = "map_index"
            case maxTries = "max_tries"
            case operatorClass = "operator"
            case operatorName = "operator_name"
            case poolSlots = "pool_slots"
            case priorityWeight = "priority_weight"
            case queuedWhen = "queued_when"
            case scheduledWhen = "scheduled_when"
            case startDate = "start_date"
            case taskDisplayName = "task_display_name"
            case taskID = "task_id"
            case tryNumber = "try_number"
        }
    }

    /// The tries of a task instance.
    package struct TaskInstanceHistoryCollectionResponse: Codable, Hashable, Sendable {
        package var taskInstances: [TaskInstanceHistoryResponse]
        package var totalEntries: Int

        package init(taskInstances: [TaskInstanceHistoryResponse], totalEntries: Int) {
            self.taskInstances = taskInstances
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case taskInstances = "task_instances"
            case totalEntries = "total_entries"
        }
    }
}
