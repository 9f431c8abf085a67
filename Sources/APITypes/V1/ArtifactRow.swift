import JSONText

extension V1 {
    /// An artifact of a task instance, with what is in it when it is a table that could be read.
    package struct ArtifactRow: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var taskID: String
        package var mapIndex: Int
        package var name: String
        package var path: String
        package var sha256: String
        package var sizeBytes: Int64
        @Nullable package var createdAt: String?
        @Nullable package var dataset: Dataset?

        package init(
            dagID: String, runID: String, taskID: String, mapIndex: Int, name: String, path: String,
            sha256: String, sizeBytes: Int64, createdAt: String?, dataset: Dataset?
        ) {
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.name = name
            self.path = path
            self.sha256 = sha256
            self.sizeBytes = sizeBytes
            self.createdAt = createdAt
            self.dataset = dataset
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, path, sha256, dataset
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
            case sizeBytes = "size_bytes"
            case createdAt = "created_at"
        }
    }

    /// What is in a table.
    package struct Dataset: Codable, Hashable, Sendable {
        package var format: String
        /// Null when they were not counted.
        @Nullable package var rows: Int64?
        package var columns: [DatasetColumn]
        /// Why it could not be read, or not to its end.
        @Nullable package var problem: String?

        package init(format: String, rows: Int64?, columns: [DatasetColumn], problem: String?) {
            self.format = format
            self.rows = rows
            self.columns = columns
            self.problem = problem
        }
    }

    package struct DatasetColumn: Codable, Hashable, Sendable {
        package var name: String
        @Nullable package var type: String?

        package init(name: String, type: String?) {
            self.name = name
            self.type = type
        }
    }

    /// A content that a task instance declared to read.
    package struct InputRow: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var taskID: String
        package var mapIndex: Int
        package var name: String
        /// A path, or `TASK.NAME` of an artifact.
        package var place: String
        package var isArtifact: Bool
        package var sha256: String
        package var sizeBytes: Int64

        package init(
            dagID: String, runID: String, taskID: String, mapIndex: Int, name: String, place: String,
            isArtifact: Bool, sha256: String, sizeBytes: Int64
        ) {
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.name = name
            self.place = place
            self.isArtifact = isArtifact
            self.sha256 = sha256
            self.sizeBytes = sizeBytes
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, place, sha256
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
            case isArtifact = "is_artifact"
            case sizeBytes = "size_bytes"
        }
    }

    /// A content that is kept, and who made and read it.
    package struct Content: Codable, Hashable, Sendable {
        package var sha256: String
        package var sizeBytes: Int64
        @Nullable package var dataset: Dataset?
        /// The newest first, at most 1000.
        package var madeBy: [ArtifactRow]
        package var readBy: [InputRow]

        package init(
            sha256: String, sizeBytes: Int64, dataset: Dataset?, madeBy: [ArtifactRow], readBy: [InputRow]
        ) {
            self.sha256 = sha256
            self.sizeBytes = sizeBytes
            self.dataset = dataset
            self.madeBy = madeBy
            self.readBy = readBy
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case sha256, dataset
            case sizeBytes = "size_bytes"
            case madeBy = "made_by"
            case readBy = "read_by"
        }
    }
}
