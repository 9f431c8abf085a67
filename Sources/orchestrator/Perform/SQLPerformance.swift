import DAGLoading
import Glibc
import JSONText

/// A database that a query can be sent to.
protocol SQLDatabase {
    /// Runs a query with its parameters bound and hands on each row of its last result.
    ///
    /// - Returns: the rows that were changed, where the database says so.
    func run(
        _ query: String, _ parameters: SQLSpecification.Parameters,
        onRow: (_ columns: [String], _ values: [JSONValue]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> Int64?
}

/// Does the work of an `sql` task: a query, its first row as an output, all rows as a file.
struct SQLPerformance {
    private let specification: SQLSpecification
    private let report = PerformanceReport()

    init(_ specification: SQLSpecification) {
        self.specification = specification
    }

    /// - Throws: `CommandFailure` when the query fails; in a sensor also when its answer is not yes.
    func perform() throws {
        let database: any SQLDatabase =
            switch specification.place {
            case .file(let path): try SQLiteFile(path: path, mayCreate: !specification.isSensor)
            case .postgres(let connection): try PostgresServer(connection)
            }
        report.say(specification.query)
        let file = try specification.rows.map { try RowsFile($0) }
        let start = ContinuousClock.now
        var first: (columns: [String], values: [JSONValue])?
        var count: Int64 = 0
        let changes = try database.run(specification.query, specification.parameters) {
            (columns, values) throws(CommandFailure) in
            if first == nil { first = (columns, values) }
            count += 1
            try file?.append(columns, values)
        }
        try file?.finish()
        let took = ContinuousClock.now - start
        let milliseconds =
            took.components.seconds * 1_000 + took.components.attoseconds / 1_000_000_000_000_000
        report.say("\(count) rows\(changes.map { ", \($0) changed" } ?? "") after \(milliseconds) ms")
        let value = Self.value(first)
        var outputs: [(name: String, value: JSONValue)] = [("row_count", .integer(count))]
        if let changes { outputs.append(("changed_rows", .integer(changes))) }
        outputs.append((specification.output, value))
        try report.write(outputs)
        if specification.isSensor, !Self.isYes(first?.values.first) {
            throw CommandFailure(
                .failed, "not yet: the first value is \((first?.values.first ?? .null).text())")
        }
    }

    /// The value of one column, an object of several, null without a row.
    private static func value(_ row: (columns: [String], values: [JSONValue])?) -> JSONValue {
        guard let row else { return .null }
        return row.values.count == 1 ? row.values[0] : .object(JSONObject(zip(row.columns, row.values)))
    }

    /// Airflow's rule for SQL sensors: 0, "0", an empty text and null are not yet.
    private static func isYes(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?, .bool(false)?, .integer(0)?: false
        case .string(let text)?: !text.isEmpty && text != "0"
        case let value?: value.doubleValue != 0
        }
    }
}

/// The rows of a query as a file of artifacts: JSON objects, one a line, or CSV with a line of names.
final class RowsFile {
    private let path: String
    private let isCSV: Bool
    private let file: UnsafeMutablePointer<FILE>
    private var hasHeader = false

    init(_ name: String) throws(CommandFailure) {
        let folder = getenv("ORCHESTRATOR_ARTIFACTS").map { String(cString: $0) } ?? "."
        path = folder + "/" + name
        isCSV = name.hasSuffix(".csv")
        if let slash = path.lastIndex(of: "/") { try FileAccess.makeFolder(String(path[..<slash])) }
        guard let file = fopen(path, "we") else { throw .inputOutput("cannot write \(path)", errno) }
        self.file = file
    }

    func append(_ columns: [String], _ values: [JSONValue]) throws(CommandFailure) {
        if !isCSV {
            return try write(JSONValue.object(JSONObject(zip(columns, values))).text() + "\n")
        }
        if !hasHeader {
            hasHeader = true
            try write(columns.map(Self.field).joined(separator: ",") + "\r\n")
        }
        let fields = values.map { value in
            value.isNull ? "" : Self.field(value.stringValue ?? value.text())
        }
        try write(fields.joined(separator: ",") + "\r\n")
    }

    func finish() throws(CommandFailure) {
        guard fclose(file) == 0 else { throw .inputOutput("cannot write \(path)", errno) }
    }

    private func write(_ text: String) throws(CommandFailure) {
        guard fputs(text, file) >= 0 else { throw .inputOutput("cannot write \(path)", errno) }
    }

    /// A field of RFC 4180; an empty text is quoted, so that it is not null.
    private static func field(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
