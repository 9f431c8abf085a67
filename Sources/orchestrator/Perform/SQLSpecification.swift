import DAGDomain
import JSONText

/// The query of an `sql` task, as the scheduler writes it.
struct SQLSpecification {
    enum Place {
        /// The path of an SQLite file.
        case file(String)
        case postgres(Connection)
    }

    /// Values by name, or in their order.
    enum Parameters {
        case named(JSONObject)
        case listed([JSONValue])
    }

    let place: Place
    let query: String
    let parameters: Parameters
    let output: String
    /// A file below the folder of artifacts; its ending says the format.
    let rows: String?
    /// Whether the first value says if the task is done.
    let isSensor: Bool

    init(_ value: JSONValue) throws(CommandFailure) {
        query = value["query"]?.stringValue ?? ""
        parameters =
            (value["parameters"]?.arrayValue).map { .listed($0) }
            ?? .named(value["parameters"]?.objectValue ?? [:])
        output = value["output"]?.stringValue ?? "result"
        rows = value["rows"]?.stringValue
        isSensor = value["sensor"]?.boolValue ?? false
        if let path = value["database"] {
            place = .file(path.stringValue ?? path.text())
        } else {
            place = try Self.place(value["connection"]?.stringValue ?? "")
        }
    }

    private static func place(_ uri: String) throws(CommandFailure) -> Place {
        let connection: Connection
        do throws(Connection.URIError) {
            connection = try Connection(id: "sql", uri: uri)
        } catch {
            throw CommandFailure(.failed, "the connection cannot be used: \(error.reason)")
        }
        switch connection.type {
        case "postgres": return .postgres(connection)
        case "sqlite": return .file(connection.host ?? "/" + (connection.schema ?? ""))
        default:
            throw CommandFailure(
                .failed,
                "a connection of type `\(connection.type)` cannot be used; sql knows postgres and sqlite")
        }
    }
}
