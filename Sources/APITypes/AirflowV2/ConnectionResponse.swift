extension AirflowV2 {
    /// A connection; the password and what is sensitive in `extra` are `***`.
    package struct ConnectionResponse: Codable, Hashable, Sendable {
        package var connType: String
        package var connectionID: String
        @Nullable package var description: String?
        @Nullable package var extra: String?
        @Nullable package var host: String?
        @Nullable package var login: String?
        @Nullable package var password: String?
        @Nullable package var port: Int?
        @Nullable package var schema: String?
        @Nullable package var teamName: String?

        package init(
            connType: String, connectionID: String, description: String? = nil, extra: String? = nil,
            host: String? = nil, login: String? = nil, password: String? = nil, port: Int? = nil,
            schema: String? = nil, teamName: String? = nil
        ) {
            self.connType = connType
            self.connectionID = connectionID
            self.description = description
            self.extra = extra
            self.host = host
            self.login = login
            self.password = password
            self.port = port
            self.schema = schema
            self.teamName = teamName
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, extra, host, login, password, port, schema
            case connType = "conn_type"
            case connectionID = "connection_id"
            case teamName = "team_name"
        }
    }

    /// A page of connections.
    package struct ConnectionCollectionResponse: Codable, Hashable, Sendable {
        package var connections: [ConnectionResponse]
        package var totalEntries: Int

        package init(connections: [ConnectionResponse], totalEntries: Int) {
            self.connections = connections
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case connections
            case totalEntries = "total_entries"
        }
    }

    /// A new connection, or what shall be changed of one.
    package struct ConnectionBody: Codable, Hashable, Sendable {
        package var connType: String
        package var connectionID: String
        package var description: String?
        package var extra: String?
        package var host: String?
        package var login: String?
        package var password: String?
        package var port: Int?
        package var schema: String?
        package var teamName: String?

        package init(
            connType: String, connectionID: String, description: String? = nil, extra: String? = nil,
            host: String? = nil, login: String? = nil, password: String? = nil, port: Int? = nil,
            schema: String? = nil, teamName: String? = nil
        ) {
            self.connType = connType
            self.connectionID = connectionID
            self.description = description
            self.extra = extra
            self.host = host
            self.login = login
            self.password = password
            self.port = port
            self.schema = schema
            self.teamName = teamName
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, extra, host, login, password, port, schema
            case connType = "conn_type"
            case connectionID = "connection_id"
            case teamName = "team_name"
        }
    }

    /// Whether a connection works, as far as can be told without its own protocol.
    package struct ConnectionTestResponse: Codable, Hashable, Sendable {
        package var message: String
        package var status: Bool

        package init(message: String, status: Bool) {
            self.message = message
            self.status = status
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case message, status
        }
    }
}
