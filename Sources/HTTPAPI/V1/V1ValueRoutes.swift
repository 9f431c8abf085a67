import APITypes
import DAGDomain
import Hummingbird
import SchedulerService
import StateStore

/// `/api/v1/variables` and `/api/v1/connections`. With `reveal=true` values are told in the clear, over the unix socket
/// only: who can open it can read the key as well.
struct V1ValueRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("variables", use: variables)
        api.get("variables/:key", use: variable)
        api.put("variables/:key", use: setVariable)
        api.delete("variables/:key", use: deleteVariable)
        api.get("connections", use: connections)
        api.get("connections/:key", use: connection)
        api.put("connections/:key", use: setConnection)
        api.delete("connections/:key", use: deleteConnection)
        api.post("connections/:key/test", use: test)
        api.post("rotate-key", use: rotate)
    }

    private func reveals(_ request: Request, _ context: APIContext) throws -> Bool {
        guard try QueryItems(request).bool("reveal") ?? false else { return false }
        guard context.origin.isTrusted else {
            throw APIError.forbidden("values are told in the clear over the unix socket only")
        }
        return true
    }

    // MARK: Variables

    @Sendable private func variables(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Variable>> {
        let reveals = try reveals(request, context)
        let all = try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.variables() }
        }
        return Answer(
            V1.Page(items: all.map { V1.Variable($0, reveals: reveals) }, totalEntries: all.count))
    }

    @Sendable private func variable(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Variable> {
        let key = try context.text("key")
        let reveals = try reveals(request, context)
        let found = try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.foundVariable(key) }
        }
        guard let found else { throw APIError.unknownVariable(key) }
        return Answer(V1.Variable(found.variable, source: found.source, reveals: reveals))
    }

    @Sendable private func setVariable(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Variable> {
        let key = try context.text("key")
        guard Variable.isValid(key: key) else {
            throw APIError.badRequest("the key of a variable has 1 to 250 printable characters")
        }
        let body = try await request.decodeBody(V1.VariableBody.self)
        let known = try await backend.storedVariable(key)
        let variable = Variable(
            key: key, value: body.value, description: body.description ?? known?.description)
        _ = try await backend.put(variable, by: context.actor)
        return Answer(V1.Variable(variable, reveals: false), status: known == nil ? .created : .ok)
    }

    @Sendable private func deleteVariable(
        _ request: Request, _ context: APIContext
    ) async throws -> NoContent {
        let key = try context.text("key")
        guard try await backend.deleteValue(.variable, key, by: context.actor) else {
            throw APIError.unknownVariable(key)
        }
        return NoContent()
    }

    // MARK: Connections

    @Sendable private func connections(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Connection>> {
        let reveals = try reveals(request, context)
        let all = try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.connections() }
        }
        return Answer(
            V1.Page(items: all.map { V1.Connection($0, reveals: reveals) }, totalEntries: all.count))
    }

    @Sendable private func connection(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Connection> {
        let reveals = try reveals(request, context)
        let found = try await found(try context.text("key"))
        return Answer(V1.Connection(found.connection, source: found.source, reveals: reveals))
    }

    private func found(_ id: String) async throws -> (connection: Connection, source: String?) {
        let found = try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.foundConnection(id) }
        }
        guard let found else { throw APIError.unknownConnection(id) }
        return found
    }

    @Sendable private func setConnection(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Connection> {
        let id = try context.text("key")
        guard Connection.isValid(id: id) else {
            throw APIError.badRequest(
                "the id of a connection has letters, digits, _ . and - only, at most 200")
        }
        let body = try await request.decodeBody(V1.ConnectionBody.self)
        let known = try await backend.storedConnection(id)
        let connection = try Connection(id: id, body, known)
        _ = try await backend.put(connection, by: context.actor)
        return Answer(V1.Connection(connection, reveals: false), status: known == nil ? .created : .ok)
    }

    @Sendable private func deleteConnection(
        _ request: Request, _ context: APIContext
    ) async throws -> NoContent {
        let id = try context.text("key")
        guard try await backend.deleteValue(.connection, id, by: context.actor) else {
            throw APIError.unknownConnection(id)
        }
        return NoContent()
    }

    @Sendable private func test(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ConnectionTestResponse> {
        let connection = try await found(try context.text("key")).connection
        return Answer(try await backend.test(connection))
    }

    // MARK: The key

    @Sendable private func rotate(_ request: Request, _ context: APIContext) async throws -> NoContent {
        guard context.origin.isTrusted else {
            throw APIError.forbidden("the key is changed over the unix socket only")
        }
        let actor = context.actor
        try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.rotateKey(by: actor) }
        }
        return NoContent()
    }
}

extension V1.Variable {
    fileprivate init(_ variable: Variable, source: String? = nil, reveals: Bool) {
        self.init(
            key: variable.key, value: reveals ? variable.value : variable.shownValue,
            description: variable.description ?? "", source: source)
    }
}

extension V1.Connection {
    fileprivate init(_ connection: Connection, source: String? = nil, reveals: Bool) {
        self.init(
            connectionID: connection.id, connType: connection.type, description: connection.description ?? "",
            host: connection.host, login: connection.login,
            password: reveals ? connection.password : connection.shownPassword, schema: connection.schema,
            port: connection.port, extra: reveals ? connection.extra : connection.shownExtra, source: source)
    }
}

extension Connection {
    /// A URI says everything but the description; fields that are not given stay as they are.
    ///
    /// - Throws: `APIError.badRequest` with what is wrong, without the values.
    fileprivate init(id: String, _ body: V1.ConnectionBody, _ known: Connection?) throws {
        if let uri = body.uri {
            do throws(FormError) { try self.init(id: id, text: uri) } catch {
                throw APIError.badRequest("the connection cannot be read: \(error.reason)")
            }
        } else if let known {
            self = known
        } else {
            self.init(id: id, type: "")
        }
        type = body.connType ?? type
        description = body.description ?? description ?? known?.description
        host = body.host ?? host
        login = body.login ?? login
        password = body.password ?? password
        schema = body.schema ?? schema
        port = body.port ?? port
        extra = body.extra ?? extra
        guard !type.isEmpty else { throw APIError.badRequest("a connection needs a type") }
        guard (0...65_535).contains(port ?? 0) else {
            throw APIError.badRequest("the port is a number from 0 to 65535")
        }
    }
}
