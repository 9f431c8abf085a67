extension V1 {
    /// A task as the DAG file describes it.
    package struct Task: Codable, Hashable, Sendable {
        package var taskID: String
        package var type: String
        package var description: String
        package var dependsOn: [String]
        package var downstream: [String]
        package var triggerRule: String
        package var retries: Int
        /// Seconds.
        package var retryDelay: Double
        /// Seconds.
        @Nullable package var executionTimeout: Double?
        package var pool: String
        package var poolSlots: Int
        package var priorityWeight: Int
        package var hasGate: Bool
        /// The innermost group that it is in.
        @Nullable package var group: String?
        /// How it becomes several instances, by itself or with its group; null when it does not.
        @Nullable package var mapping: String?

        package init(
            taskID: String, type: String, description: String, dependsOn: [String], downstream: [String],
            triggerRule: String, retries: Int, retryDelay: Double, executionTimeout: Double? = nil,
            pool: String, poolSlots: Int, priorityWeight: Int, hasGate: Bool, group: String? = nil,
            mapping: String? = nil
        ) {
            self.taskID = taskID
            self.type = type
            self.description = description
            self.dependsOn = dependsOn
            self.downstream = downstream
            self.triggerRule = triggerRule
            self.retries = retries
            self.retryDelay = retryDelay
            self.executionTimeout = executionTimeout
            self.pool = pool
            self.poolSlots = poolSlots
            self.priorityWeight = priorityWeight
            self.hasGate = hasGate
            self.group = group
            self.mapping = mapping
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case type, description, downstream, retries, pool, group, mapping
            case taskID = "task_id"
            case dependsOn = "depends_on"
            case triggerRule = "trigger_rule"
            case retryDelay = "retry_delay"
            case executionTimeout = "execution_timeout"
            case poolSlots = "pool_slots"
            case priorityWeight = "priority_weight"
            case hasGate = "has_gate"
        }
    }
}
