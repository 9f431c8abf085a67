extension V1 {
    /// A variable.
    package struct Variable: Codable, Hashable, Sendable {
        package var key: String
        /// `***` when the name is sensitive, unless it was asked for in the clear.
        package var value: String
        package var description: String
        /// Where it comes from when that is not the database.
        @Nullable package var source: String?

        package init(key: String, value: String, description: String, source: String? = nil) {
            self.key = key
            self.value = value
            self.description = description
            self.source = source
        }
    }

    /// The value a variable shall have.
    package struct VariableBody: Codable, Hashable, Sendable {
        package var value: String
        package var description: String?

        package init(value: String, description: String? = nil) {
            self.value = value
            self.description = description
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case value, description
        }
    }

    /// A connection.
    package struct Connection: Codable, Hashable, Sendable {
        package var connectionID: String
        package var connType: String
        package var description: String
        @Nullable package var host: String?
        @Nullable package var login: String?
        /// `***`, unless it was asked for in the clear.
        @Nullable package var password: String?
        @Nullable package var schema: String?
        @Nullable package var port: Int?
        @Nullable package var extra: String?
        /// Where it comes from when that is not the database.
        @Nullable package var source: String?

        package init(
            connectionID: String, connType: String, description: String, host: String?, login: String?,
            password: String?, schema: String?, port: Int?, extra: String?, source: String? = nil
        ) {
            self.connectionID = connectionID
            self.connType = connType
            self.description = description
            self.host = host
            self.login = login
            self.password = password
            self.schema = schema
            self.port = port
            self.extra = extra
            self.source = source
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, host, login, password, schema, port, extra, source
            case connectionID = "connection_id"
            case connType = "conn_type"
        }
    }

    /// What a connection shall be: a URI, or its fields.
    package struct ConnectionBody: Codable, Hashable, Sendable {
        package var uri: String?
        package var connType: String?
        package var description: String?
        package var host: String?
        package var login: String?
        package var password: String?
        package var schema: String?
        package var port: Int?
        package var extra: String?

        package init(
            uri: String? = nil, connType: String? = nil, description: String? = nil, host: String? = nil,
            login: String? = nil, password: String? = nil, schema: String? = nil, port: Int? = nil,
            extra: String? = nil
        ) {
            self.uri = uri
            self.connType = connType
            self.description = description
            self.host = host
            self.login = login
            self.password = password
            self.schema = schema
            self.port = port
            self.extra = extra
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case uri, description, host, login, password, schema, port, extra
            case connType = "conn_type"
        }
    }
}
