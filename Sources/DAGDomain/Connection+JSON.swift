import JSONText

/// Connections as JSON, in the form that Airflow exports, imports and takes from its environment.
extension Connection {
    /// Why an object is not a connection.
    package struct FormError: Error, Hashable, Sendable {
        package let reason: String
    }

    /// Every field, absent ones as null.
    package var json: JSONObject {
        [
            "conn_type": .string(type), "description": description.map(JSONValue.string) ?? nil,
            "login": login.map(JSONValue.string) ?? nil, "password": password.map(JSONValue.string) ?? nil,
            "host": host.map(JSONValue.string) ?? nil, "port": port.map { .integer(Int64($0)) } ?? nil,
            "schema": schema.map(JSONValue.string) ?? nil, "extra": extra.map(JSONValue.string) ?? nil,
        ]
    }

    /// An object with `conn_type`, `host` and so on, or a text: a URI, or such an object as JSON.
    package init(id: String, _ value: JSONValue) throws(FormError) {
        if let text = value.stringValue {
            try self.init(id: id, text: text)
            return
        }
        guard let object = value.objectValue else {
            throw FormError(reason: "it is \(value.kind); write an object or a URI")
        }
        try self.init(id: id, object)
    }

    /// What stands in an environment variable: a URI, or an object as JSON.
    package init(id: String, text: String) throws(FormError) {
        if text.first(where: { !$0.isWhitespace }) == "{" {
            guard let object = (try? JSONValue.parse(text))?.objectValue else {
                throw FormError(reason: "it is not a JSON object")
            }
            try self.init(id: id, object)
            return
        }
        do throws(URIError) { try self.init(id: id, uri: text) } catch {
            throw FormError(reason: error.reason)
        }
    }

    private init(id: String, _ object: JSONObject) throws(FormError) {
        let known: Set<String> = [
            "conn_id", "connection_id", "conn_type", "description", "host", "login", "password", "schema",
            "port", "extra", "team_name", "is_encrypted", "is_extra_encrypted", "id", "uri", "get_uri",
        ]
        if let unknown = object.keys.first(where: { !known.contains($0) }) {
            throw FormError(reason: "it has the unknown member \(unknown.quotedForMessage)")
        }
        guard let type = try Self.text("conn_type", object), !type.isEmpty else {
            throw FormError(reason: "it has no \"conn_type\"")
        }
        self.init(
            id: id, type: type, description: try Self.text("description", object),
            host: try Self.text("host", object), login: try Self.text("login", object),
            password: try Self.text("password", object), schema: try Self.text("schema", object),
            port: try Self.port(object["port"] ?? nil),
            extra: object["extra"].flatMap { $0.isNull ? nil : $0.stringValue ?? $0.text() })
    }

    private static func text(_ name: String, _ object: JSONObject) throws(FormError) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw FormError(reason: "its \"\(name)\" is \(value.kind), not a string")
        }
        return text
    }

    /// A number, or a text with one, as Airflow's own exports had it.
    private static func port(_ value: JSONValue) throws(FormError) -> Int? {
        if value.isNull || value.stringValue == "" { return nil }
        guard let port = value.intValue ?? value.stringValue.flatMap({ Int64($0) }),
            (0...65_535).contains(port)
        else { throw FormError(reason: "its \"port\" is not a number from 0 to 65535") }
        return Int(port)
    }
}
