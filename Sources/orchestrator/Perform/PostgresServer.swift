import DAGDomain
import DAGLoading
import Glibc
import JSONText

/// A PostgreSQL database, by the client library of the system.
final class PostgresServer: SQLDatabase {
    private let library: PostgresLibrary
    private let connection: OpaquePointer?

    /// The settings of the library that a connection's `extra` may have, beside those that are set here.
    private static let settings: Set<String> = [
        "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options", "application_name",
        "target_session_attrs", "keepalives", "keepalives_idle", "channel_binding", "client_encoding",
        "service",
    ]

    init(_ description: Connection) throws(CommandFailure) {
        library = try PostgresLibrary()
        var settings = [
            "connect_timeout": "10", "application_name": "orchestrator", "client_encoding": "UTF8",
        ]
        settings["host"] = description.host
        settings["port"] = description.port.map { "\($0)" }
        settings["user"] = description.login
        settings["password"] = description.password
        settings["dbname"] = description.schema
        let extra = description.extra.flatMap { try? JSONValue.parse($0) }?.objectValue ?? [:]
        for (name, value) in extra where Self.settings.contains(name) {
            settings[name] = value.stringValue ?? value.text()
        }
        let pairs = Array(settings)
        let (connect, names, values) = (library.connect, pairs.map(\.key), pairs.map(\.value))
        connection = CTexts.with(names) { names in CTexts.with(values) { connect(names, $0, 0) } }
        // CONNECTION_OK
        guard library.status(connection) == 0 else {
            throw CommandFailure(.failed, Self.text(library.errorMessage(connection)))
        }
    }

    deinit { library.finish(connection) }

    /// Without parameters a query may have several statements: they are one transaction, and the last one's rows count.
    func run(
        _ query: String, _ parameters: SQLSpecification.Parameters,
        onRow: ([String], [JSONValue]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> Int64? {
        let result = try execute(query, parameters)
        defer { library.clear(result) }
        // PGRES_COMMAND_OK, PGRES_TUPLES_OK
        guard [1, 2].contains(library.resultStatus(result)) else {
            throw CommandFailure(.failed, Self.text(library.resultMessage(result)))
        }
        let columnCount = library.columnCount(result)
        let columns = (0..<columnCount).map { Self.text(library.columnName(result, $0)) }
        let types = (0..<columnCount).map { library.columnType(result, $0) }
        for row in 0..<library.rowCount(result) {
            try onRow(
                columns,
                (0..<columnCount).map { column in
                    library.isNull(result, row, column) != 0
                        ? .null
                        : Self.value(
                            library.value(result, row, column).map { String(cString: $0) } ?? "",
                            types[Int(column)])
                })
        }
        return columnCount == 0 ? Int64(Self.text(library.changedRows(result))) : nil
    }

    private func execute(
        _ query: String, _ parameters: SQLSpecification.Parameters
    ) throws(CommandFailure) -> OpaquePointer? {
        let values: [JSONValue]
        var text = query
        switch parameters {
        case .listed(let listed): values = listed
        case .named(let named):
            let scan = SQLText(query)
            text = scan.withNumbers
            if let missing = scan.names.first(where: { named[$0] == nil }) {
                throw CommandFailure(
                    .failed, "the query asks for the parameter :\(missing), which is not given")
            }
            values = scan.names.map { named[$0] ?? .null }
        }
        if values.isEmpty { return library.execute(connection, text) }
        let texts = values.map { value in value.isNull ? nil : value.stringValue ?? value.text() }
        return CTexts.with(texts) { pointers in
            library.executeWithParameters(
                connection, text, Int32(clamping: values.count), nil, pointers, nil, nil, 0)
        }
    }

    // MARK: Results

    /// A value by the type of its column (numbers of `pg_type`), else its text.
    private static func value(_ text: String, _ type: UInt32) -> JSONValue {
        switch type {
        case 16: .bool(text == "t")
        // int8, int2, int4, oid, float4, float8, numeric, json, jsonb
        case 20, 21, 23, 26, 700, 701, 1700, 114, 3802: (try? JSONValue.parse(text)) ?? .string(text)
        default: .string(text)
        }
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        var text = (pointer.map { String(cString: $0) } ?? "")[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// Texts as C wants them: an array of pointers, ended by null.
enum CTexts {
    static func with<Result>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = texts.map { text in text.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
        return body(pointers)
    }
}
