import JSONText

extension V1 {
    /// Everything about one task instance.
    package struct TaskInstanceDetails: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var taskInstance: TaskInstance
        /// Oldest first.
        package var tries: [Try]
        package var outputs: JSONObject
        package var artifacts: [Artifact]
        /// Why it stands where it stands.
        @Nullable package var explanation: String?

        package init(
            dagID: String, runID: String, taskInstance: TaskInstance, tries: [Try], outputs: JSONObject,
            artifacts: [Artifact], explanation: String? = nil
        ) {
            self.dagID = dagID
            self.runID = runID
            self.taskInstance = taskInstance
            self.tries = tries
            self.outputs = outputs
            self.artifacts = artifacts
            self.explanation = explanation
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case tries, outputs, artifacts, explanation
            case dagID = "dag_id"
            case runID = "run_id"
            case taskInstance = "task_instance"
        }
    }

    /// One attempt of a task instance.
    package struct Try: Codable, Hashable, Sendable {
        package var tryNumber: Int
        package var state: String
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        @Nullable package var duration: Double?
        @Nullable package var exitCode: Int?
        @Nullable package var signal: Int?
        @Nullable package var pid: Int?
        @Nullable package var failure: String?
        @Nullable package var reason: String?

        package init(
            tryNumber: Int, state: String, startDate: String? = nil, endDate: String? = nil,
            duration: Double? = nil, exitCode: Int? = nil, signal: Int? = nil, pid: Int? = nil,
            failure: String? = nil, reason: String? = nil
        ) {
            self.tryNumber = tryNumber
            self.state = state
            self.startDate = startDate
            self.endDate = endDate
            self.duration = duration
            self.exitCode = exitCode
            self.signal = signal
            self.pid = pid
            self.failure = failure
            self.reason = reason
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, duration, signal, pid, failure, reason
            case tryNumber = "try_number"
            case startDate = "start_date"
            case endDate = "end_date"
            case exitCode = "exit_code"
        }
    }

    /// A file that a task left, kept by its content.
    package struct Artifact: Codable, Hashable, Sendable {
        package var name: String
        package var path: String
        package var sha256: String
        package var sizeBytes: Int64

        package init(name: String, path: String, sha256: String, sizeBytes: Int64) {
            self.name = name
            self.path = path
            self.sha256 = sha256
            self.sizeBytes = sizeBytes
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, path, sha256
            case sizeBytes = "size_bytes"
        }
    }

    /// Why a task instance has (not) started, was skipped, retried or failed.
    package struct Explanation: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var taskID: String
        package var mapIndex: Int
        package var state: String
        /// One or more sentences.
        package var reason: String

        package init(
            dagID: String, runID: String, taskID: String, mapIndex: Int, state: String, reason: String
        ) {
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.state = state
            self.reason = reason
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, reason
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
        }
    }
}
