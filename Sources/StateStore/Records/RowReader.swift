import DAGDomain
import GRDB
import JSONText

/// A row that does not hold what its table promises: the file is damaged or was edited by hand.
struct RowError: Error {
    let detail: String
}

/// Reads the columns of a row one after the other, and throws instead of trapping on anything unexpected: a row is
/// input like any other.
struct RowReader {
    private let row: Row
    private var position = 0

    init(_ row: Row) {
        self.row = row
    }

    private mutating func next() throws -> DatabaseValue {
        guard position < row.count else { throw RowError(detail: "a row has too few columns") }
        defer { position += 1 }
        return row[position]
    }

    private func unexpected(_ expected: String) -> RowError {
        let column = position > 0 ? Array(row.columnNames)[position - 1] : "?"
        return RowError(detail: "column \(column) does not hold \(expected)")
    }

    mutating func optionalInteger() throws -> Int64? {
        switch try next().storage {
        case .null: return nil
        case .int64(let value): return value
        default: throw unexpected("an integer")
        }
    }

    mutating func integer() throws -> Int64 {
        guard let value = try optionalInteger() else { throw unexpected("an integer") }
        return value
    }

    mutating func int() throws -> Int {
        Int(try integer())
    }

    mutating func bool() throws -> Bool {
        try integer() != 0
    }

    mutating func optionalInt32() throws -> Int32? {
        guard let value = try optionalInteger() else { return nil }
        guard let result = Int32(exactly: value) else { throw unexpected("a 32-bit integer") }
        return result
    }

    mutating func optionalDouble() throws -> Double? {
        switch try next().storage {
        case .null: return nil
        case .double(let value): return value
        case .int64(let value): return Double(value)
        default: throw unexpected("a number")
        }
    }

    mutating func optionalText() throws -> String? {
        switch try next().storage {
        case .null: return nil
        case .string(let value): return value
        default: throw unexpected("a text")
        }
    }

    mutating func text() throws -> String {
        guard let value = try optionalText() else { throw unexpected("a text") }
        return value
    }

    mutating func bytes() throws -> [UInt8] {
        guard case .blob(let data) = try next().storage else { throw unexpected("bytes") }
        return Array(data)
    }

    mutating func timestamp() throws -> Timestamp {
        Timestamp(microsecondsSinceEpoch: try integer())
    }

    mutating func optionalTimestamp() throws -> Timestamp? {
        try optionalInteger().map(Timestamp.init(microsecondsSinceEpoch:))
    }

    mutating func identifier<ID: TextIdentifier>(_: ID.Type = ID.self) throws -> ID {
        ID(try text())
    }

    mutating func optionalIdentifier<ID: TextIdentifier>(_: ID.Type = ID.self) throws -> ID? {
        try optionalText().map(ID.init)
    }

    /// One of the texts of a closed list.
    mutating func choice<Choice: RawRepresentable<String>>(_: Choice.Type = Choice.self) throws -> Choice {
        guard let value = Choice(rawValue: try text()) else { throw unexpected("a known word") }
        return value
    }

    mutating func optionalChoice<Choice: RawRepresentable<String>>(
        _: Choice.Type = Choice.self
    ) throws -> Choice? {
        guard let text = try optionalText() else { return nil }
        guard let value = Choice(rawValue: text) else { throw unexpected("a known word") }
        return value
    }

    mutating func json() throws -> JSONValue {
        let stored = try text()
        do { return try JSONValue.parse(stored) } catch { throw unexpected("JSON") }
    }

    mutating func object() throws -> JSONObject {
        let value = try json()
        guard let object = value.objectValue else { throw unexpected("a JSON object") }
        return object
    }

    mutating func optionalObject() throws -> JSONObject? {
        guard let stored = try optionalText() else { return nil }
        guard let object = (try? JSONValue.parse(stored))?.objectValue else {
            throw unexpected("a JSON object")
        }
        return object
    }

    mutating func reason() throws -> StateReason? {
        guard let stored = try optionalText() else { return nil }
        guard let value = try? JSONValue.parse(stored), let object = value.objectValue,
            let reason = StateReasonCoding.decode(object)
        else { throw unexpected("a known reason") }
        return reason
    }

    mutating func verdict() throws -> GateVerdict {
        guard let verdict = GateVerdictCoding.decode(try object()) else { throw unexpected("a verdict") }
        return verdict
    }

    /// Three columns: run, task, map index.
    mutating func instanceKey() throws -> TaskInstanceKey {
        TaskInstanceKey(run: RunNumber(try integer()), task: try int(), mapIndex: try int())
    }
}
