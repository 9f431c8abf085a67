import JSONText

extension AirflowV2 {
    /// An output of a task, without its value.
    package struct XComResponse: Codable, Hashable, Sendable {
        package var dagDisplayName: String
        package var dagID: String
        package var key: String
        @Nullable package var logicalDate: String?
        package var mapIndex: Int
        package var runAfter: String
        package var runID: String
        package var taskDisplayName: String
        package var taskID: String
        package var timestamp: String

        package init(
            dagDisplayName: String, dagID: String, key: String, logicalDate: String? = nil, mapIndex: Int,
            runAfter: String, runID: String, taskDisplayName: String, taskID: String, timestamp: String
        ) {
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.key = key
            self.logicalDate = logicalDate
            self.mapIndex = mapIndex
            self.runAfter = runAfter
            self.runID = runID
            self.taskDisplayName = taskDisplayName
            self.taskID = taskID
            self.timestamp = timestamp
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case key, timestamp
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case logicalDate = "logical_date"
            case mapIndex = "map_index"
            case runAfter = "run_after"
            case runID = "run_id"
            case taskDisplayName = "task_display_name"
            case taskID = "task_id"
        }
    }

    /// The outputs of a task.
    package struct XComCollectionResponse: Codable, Hashable, Sendable {
        package var totalEntries: Int
        package var xcomEntries: [XComResponse]

        package init(totalEntries: Int, xcomEntries: [XComResponse]) {
            self.totalEntries = totalEntries
            self.xcomEntries = xcomEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case totalEntries = "total_entries"
            case xcomEntries = "xcom_entries"
        }
    }

    /// An output of a task with its value; as text when the request says `stringify=true`.
    package struct XComResponseNative: Codable, Hashable, Sendable {
        package var dagDisplayName: String
        package var dagID: String
        package var key: String
        @Nullable package var logicalDate: String?
        package var mapIndex: Int
        package var runAfter: String
        package var runID: String
        package var taskDisplayName: String
        package var taskID: String
        package var timestamp: String
        package var value: JSONValue

        package init(
            dagDisplayName: String, dagID: String, key: String, logicalDate: String? = nil, mapIndex: Int,
            runAfter: String, runID: String, taskDisplayName: String, taskID: String, timestamp: String,
            value: JSONValue
        ) {
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.key = key
            self.logicalDate = logicalDate
            self.mapIndex = mapIndex
            self.runAfter = runAfter
            self.runID = runID
            self.taskDisplayName = taskDisplayName
            self.taskID = taskID
            self.timestamp = timestamp
            self.value = value
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case key, timestamp, value
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case logicalDate = "logical_date"
            case mapIndex = "map_index"
            case runAfter = "run_after"
            case runID = "run_id"
            case taskDisplayName = "task_display_name"
            case taskID = "task_id"
        }
    }
}
