import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v2/connections`: those of the database. Passwords are never told here.
struct ConnectionRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("connections", use: list)
        api.post("connections", use: create)
        api.patch("connections", use: bulk)
        api.post("connections/test", use: test)
        // Airflow makes example connections here; there are none.
        api.post("connections/defaults") { _, _ in NoContent() }
        api.get("connections/:connection_id", use: get)
        api.patch("connections/:connection_id", use: patch)
        api.delete("connections/:connection_id", use: delete)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ConnectionCollectionResponse> {
        let query = try QueryItems(request)
        let page = try query.page()
        let order = try query.ordering([
            "connection_id", "conn_id", "conn_type", "description", "host", "port", "id",
        ])
        let all = try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.connections() }
        }
        let found = all.filter { LikePattern.matches(query.patterns("connection_id_pattern"), $0.id) }
        let sorted = order.sorted(found) { connection, column in
            switch column {
            case "conn_type": connection.type
            case "description": connection.description ?? ""
            case "host": connection.host ?? ""
            case "port": String(100_000 + (connection.port ?? 0))
            default: connection.id
            }
        }
        return Answer(
            AirflowV2.ConnectionCollectionResponse(
                connections: sorted.dropFirst(page.offset).prefix(page.limit).map {
                    AirflowV2.ConnectionResponse($0)
                }, totalEntries: found.count))
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ConnectionResponse> {
        Answer(
            AirflowV2.ConnectionResponse(try await backend.connection(try context.text("connection_id"))))
    }

    @Sendable private func create(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ConnectionResponse> {
        let body = try await request.decodeBody(AirflowV2.ConnectionBody.self)
        guard try await backend.storedConnection(body.connectionID) == nil else {
            throw APIError.duplicate("The Connection with ID: `\(body.connectionID)` already exists")
        }
        let connection = try await backend.put(try Connection(body), by: context.actor)
        return Answer(AirflowV2.ConnectionResponse(connection), status: .created)
    }

    @Sendable private func patch(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ConnectionResponse> {
        let id = try context.text("connection_id")
        let mask = try QueryItems(request).all("update_mask").nonEmpty
        let body = try await request.decodeBody(AirflowV2.ConnectionBody.self)
        guard body.connectionID == id else {
            throw APIError.badRequest(
                "The connection_id in the request body does not match the URL parameter")
        }
        return Answer(
            AirflowV2.ConnectionResponse(try await backend.change(body, only: mask, by: context.actor)))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        let id = try context.text("connection_id")
        guard try await backend.deleteValue(.connection, id, by: context.actor) else {
            throw APIError.unknownConnection(id)
        }
        return NoContent()
    }

    /// Tries the connection of the body; where its secrets are masked, those that are stored.
    @Sendable private func test(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ConnectionTestResponse> {
        let connection = try Connection(try await request.decodeBody(AirflowV2.ConnectionBody.self))
        return Answer(try await backend.test(connection))
    }

    @Sendable private func bulk(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BulkResponse> {
        let actor = context.actor
        let changes = BulkChanges<AirflowV2.ConnectionBody>(
            noun: "connection", label: "connection ids", name: { $0.connectionID },
            exists: { try await backend.storedConnection($0) != nil },
            put: { body, mask in
                if try await backend.storedConnection(body.connectionID) != nil {
                    _ = try await backend.change(body, only: mask, by: actor)
                } else {
                    _ = try await backend.put(try Connection(body), by: actor)
                }
            }, delete: { _ = try await backend.deleteValue(.connection, $0, by: actor) })
        return Answer(try await changes.perform(try await request.decodeBody(AirflowV2.BulkBody.self)))
    }
}

extension APIError {
    static func unknownConnection(_ id: String) -> APIError {
        .unknown(.connection, "The Connection with connection_id: `\(id)` was not found")
    }
}

extension Backend {
    func storedConnection(_ id: String) async throws -> Connection? {
        try await reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.storedConnection(id) }
        }
    }

    func connection(_ id: String) async throws -> Connection {
        guard let connection = try await storedConnection(id) else { throw APIError.unknownConnection(id) }
        return connection
    }

    func put(_ connection: Connection, by actor: String) async throws -> Connection {
        try await reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in
                try values.set(connection, by: actor)
            }
            return connection
        }
    }

    /// Changes a connection; secrets that come back as `***` stay what they are.
    func change(
        _ body: AirflowV2.ConnectionBody, only mask: [String]?, by actor: String
    ) async throws -> Connection {
        var connection = try await connection(body.connectionID)
        let given = try Connection(body).keepingSecrets(of: connection)
        func isMeant(_ field: String) -> Bool { mask?.contains(field) ?? true }
        if isMeant("conn_type") { connection.type = given.type }
        if isMeant("description") { connection.description = given.description }
        if isMeant("host") { connection.host = given.host }
        if isMeant("login") { connection.login = given.login }
        if isMeant("password") { connection.password = given.password }
        if isMeant("schema") { connection.schema = given.schema }
        if isMeant("port") { connection.port = given.port }
        if isMeant("extra") { connection.extra = given.extra }
        return try await put(connection, by: actor)
    }

    func test(_ connection: Connection) async throws -> AirflowV2.ConnectionTestResponse {
        let stored = try await storedConnection(connection.id)
        let whole = stored.map { connection.keepingSecrets(of: $0) } ?? connection
        let result = try await reading { _ in ConnectionTrial.test(whole) }
        return AirflowV2.ConnectionTestResponse(message: result.message, status: result.works)
    }
}

extension Connection {
    /// - Throws: `APIError.invalidBody` when the id or the port is not one.
    fileprivate init(_ body: AirflowV2.ConnectionBody) throws {
        guard Connection.isValid(id: body.connectionID) else {
            throw APIError.invalidBody([
                .body(
                    "string_pattern_mismatch", at: ["connection_id"],
                    "String should match pattern '^[\\w.-]+$'", input: .string(body.connectionID))
            ])
        }
        if let port = body.port, !(0...65_535).contains(port) {
            throw APIError.invalidBody([
                .body(
                    "less_than_equal", at: ["port"], "Input should be from 0 to 65535",
                    input: .integer(Int64(port)))
            ])
        }
        self.init(
            id: body.connectionID, type: body.connType, description: body.description, host: body.host,
            login: body.login, password: body.password, schema: body.schema, port: body.port,
            extra: body.extra)
    }

    /// The same with the secrets of another where this one has `***`.
    fileprivate func keepingSecrets(of other: Connection) -> Connection {
        var result = self
        if password == SensitiveNames.mask { result.password = other.password }
        if let extra, extra.contains(SensitiveNames.mask) {
            if extra == other.shownExtra {
                result.extra = other.extra
            } else if let new = try? JSONValue.parse(extra), let old = other.extra,
                let value = try? JSONValue.parse(old)
            {
                result.extra = new.keepingMasked(of: value).text()
            }
        }
        return result
    }
}

extension JSONValue {
    fileprivate func keepingMasked(of other: JSONValue?) -> JSONValue {
        if stringValue == SensitiveNames.mask, let other { return other }
        guard let members = objectValue else { return self }
        return .object(JSONObject(members.map { ($0.key, $0.value.keepingMasked(of: other?[$0.key])) }))
    }
}

extension AirflowV2.ConnectionResponse {
    fileprivate init(_ connection: Connection) {
        self.init(
            connType: connection.type, connectionID: connection.id, description: connection.description,
            extra: connection.shownExtra, host: connection.host, login: connection.login,
            password: connection.shownPassword, port: connection.port, schema: connection.schema)
    }
}
