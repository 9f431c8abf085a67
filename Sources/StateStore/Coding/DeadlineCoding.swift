import DAGDomain
import JSONText

/// What a run knows of its deadlines, as the text of its column; nothing for the many runs that have none.
enum DeadlineCoding {
    static func text(of run: DAGRun) -> String? {
        guard run.deadlinesAreClosed || !run.deadlines.isEmpty else { return nil }
        let records = run.deadlines.map { record -> JSONValue in
            [
                .integer(Int64(record.task)), .integer(Int64(record.position)),
                .string(record.outcome.rawValue),
                record.due.map { .integer($0.microsecondsSinceEpoch) } ?? .null,
                record.limit.map { .integer($0.microseconds) } ?? .null,
            ]
        }
        let object: JSONObject = ["closed": .bool(run.deadlinesAreClosed), "records": .array(records)]
        return object.text()
    }

    static func read(_ text: String?, into run: inout DAGRun) throws {
        guard let text else { return }
        guard let value = try? JSONValue.parse(text), let isClosed = value["closed"]?.boolValue,
            let records = value["records"]?.arrayValue
        else { throw RowError(detail: "column deadlines does not hold deadlines") }
        run.deadlinesAreClosed = isClosed
        run.deadlines = try records.map(record)
    }

    private static func record(_ value: JSONValue) throws -> DeadlineRecord {
        guard let task = value[0]?.intValue, let position = value[1]?.intValue,
            let outcome = value[2]?.stringValue.flatMap(DeadlineRecord.Outcome.init(rawValue:))
        else { throw RowError(detail: "column deadlines does not hold a deadline") }
        return DeadlineRecord(
            task: Int(task), position: Int(position), outcome: outcome,
            due: value[3]?.intValue.map(Timestamp.init(microsecondsSinceEpoch:)),
            limit: value[4]?.intValue.map { .microseconds($0) })
    }
}
