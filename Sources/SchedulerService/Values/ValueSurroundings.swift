import DAGDomain
import JSONText
import StateStore

/// Variables and connections that come from outside the database: the environment, then files of the home.
///
/// Airflow's names and forms: `AIRFLOW_VAR_KEY`, `AIRFLOW_CONN_ID` (a URI, or JSON), and the files of its local
/// filesystem backend. Ours (`ORCHESTRATOR_VAR_KEY`) go first.
struct ValueSurroundings: Sendable {
    private static let prefixes = ["ORCHESTRATOR_", "AIRFLOW_"]

    private let environment: [String: String]
    let folder: String

    init(home: OrchestratorHome, environment: [String: String]) {
        folder = home.path + "/secrets"
        self.environment = environment.filter { name, _ in
            Self.prefixes.contains { name.hasPrefix($0 + "VAR_") || name.hasPrefix($0 + "CONN_") }
        }
    }

    func variable(_ key: String) throws(ValueError) -> (value: String, source: String)? {
        for prefix in Self.prefixes {
            let name = prefix + "VAR_" + key.uppercased()
            if let value = environment[name] { return (value, "the environment variable \(name)") }
        }
        return try file("variables")[key].map { ($0.stringValue ?? $0.text(), path("variables")) }
    }

    func connection(_ id: String) throws(ValueError) -> (value: Connection, source: String)? {
        for prefix in Self.prefixes {
            let name = prefix + "CONN_" + id.uppercased()
            guard let text = environment[name] else { continue }
            return (try Self.connection(id, .string(text), in: name), "the environment variable \(name)")
        }
        guard let value = try file("connections")[id] else { return nil }
        return (try Self.connection(id, value, in: path("connections")), path("connections"))
    }

    /// Everything that must not be shown.
    func secrets() throws(ValueError) -> [String] {
        var secrets: [String] = []
        for (name, value) in environment {
            for prefix in Self.prefixes {
                if name.hasPrefix(prefix + "VAR_") {
                    secrets += Variable(key: String(name.dropFirst(prefix.count + 4)), value: value).secrets
                } else if name.hasPrefix(prefix + "CONN_") {
                    secrets += (try? Connection(id: name, text: value))?.secrets ?? [value]
                }
            }
        }
        for (key, value) in try file("variables") {
            secrets += Variable(key: key, value: value.stringValue ?? value.text()).secrets
        }
        for (id, value) in try file("connections") {
            secrets += try Self.connection(id, value, in: path("connections")).secrets
        }
        return secrets
    }

    private func path(_ name: String) -> String { "\(folder)/\(name).json" }

    private func file(_ name: String) throws(ValueError) -> JSONObject {
        let bytes: [UInt8]?
        do throws(SmallFile.Failure) {
            bytes = try SmallFile.read(path(name), limit: 4 << 20)
        } catch {
            throw .badSource("\(path(name)) \(error.text)")
        }
        guard let bytes else { return JSONObject() }
        do throws(JSONSyntaxError) {
            if let object = try JSONValue.parse(bytes: bytes).objectValue { return object }
        } catch {
            throw .badSource("\(path(name)):\(error)")
        }
        throw .badSource("\(path(name)) must be a JSON object")
    }

    /// The text itself is not shown: it may be a password.
    private static func connection(
        _ id: String, _ value: JSONValue, in place: String
    ) throws(ValueError) -> Connection {
        do throws(Connection.FormError) { return try Connection(id: id, value) } catch {
            throw .badSource("\(place): the connection `\(id)` cannot be read: \(error.reason)")
        }
    }
}
