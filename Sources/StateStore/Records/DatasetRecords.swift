import DAGDomain
import GRDB
import JSONText

/// An artifact of a task instance, as lists show it.
package struct ArtifactRow: Hashable, Sendable {
    package let key: TaskInstanceKey
    package let dagID: DAGID
    package let runID: RunID
    package let taskID: TaskID
    package let artifact: ArtifactReference
    /// When its task ended.
    package let createdAt: Timestamp?
    /// Nil for what is no table, and until it has been read.
    package let facts: DatasetFacts?
}

/// A content that a task instance declared to read.
package struct InputRow: Hashable, Sendable {
    package let key: TaskInstanceKey
    package let dagID: DAGID
    package let runID: RunID
    package let taskID: TaskID
    package let input: InputReference
}

/// Which artifacts a list shows; nil is no condition.
package struct ArtifactFilter: Hashable, Sendable {
    package var dagID: DAGID?
    package var runID: RunID?
    package var run: RunNumber?
    package var taskID: TaskID?
    package var mapIndex: Int?
    package var name: String?
    package var sha256: String?
    package var limit = 50
    package var offset = 0

    package init() {}

    var query: Query {
        var query = Query()
        if let dagID { query.add("dag_run.dag_id = ?", dagID.text) }
        if let runID { query.add("dag_run.run_id = ?", runID.text) }
        if let run { query.add("artifact.run = ?", run.value) }
        if let taskID { query.add("dag_version_task.task_id = ?", taskID.text) }
        if let mapIndex { query.add("artifact.map_index = ?", mapIndex) }
        if let name { query.add("artifact.name = ?", name) }
        if let sha256 { query.add("artifact.sha256 = ?", sha256) }
        return query
    }
}

enum DatasetFactsRecord {
    static let columns =
        "artifact_content.format, artifact_content.rows, artifact_content.columns, artifact_content.problem"

    /// Nil where nothing was joined.
    static func read(_ reader: inout RowReader) throws -> DatasetFacts? {
        let format = try reader.optionalText()
        let rows = try reader.optionalInteger()
        let columns = try reader.optionalText()
        let problem = try reader.optionalText()
        guard let format = format.flatMap(DatasetFacts.Format.init(rawValue:)) else { return nil }
        return DatasetFacts(
            format: format, rows: rows,
            columns: DatasetFacts.columns(columns.flatMap { try? .parse($0) }), problem: problem)
    }
}
