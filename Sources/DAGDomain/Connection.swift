/// How to reach something outside: Airflow's connection.
package struct Connection: Hashable, Sendable {
    package var id: String
    /// For example `postgres` or `http`.
    package var type: String
    package var description: String?
    package var host: String?
    package var login: String?
    package var password: String?
    package var schema: String?
    package var port: Int?
    /// A text, usually a JSON object.
    package var extra: String?

    package init(
        id: String, type: String, description: String? = nil, host: String? = nil, login: String? = nil,
        password: String? = nil, schema: String? = nil, port: Int? = nil, extra: String? = nil
    ) {
        self.id = id
        self.type = type
        self.description = description
        self.host = host
        self.login = login
        self.password = password
        self.schema = schema
        self.port = port
        self.extra = extra
    }
}
