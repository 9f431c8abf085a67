import APITypes
import DAGDomain
import Glibc
import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import SchedulerService
import StateStore

/// `/api/v1/models`: registered models, their versions, and where aliases point. A version is named by its number, an alias, or
/// `latest`.
struct V1ModelRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("models", use: list)
        api.get("models/:model", use: show)
        api.get("models/:model/versions", use: versions)
        api.get("models/:model/versions/:reference", use: version)
        api.get("models/:model/versions/:reference/file", use: file)
        api.get("models/:model/history", use: history)
        api.get("models/:model/deployments", use: deployments)
        api.get("deployments", use: allDeployments)
        api.put("models/:model/aliases/:alias", use: setAlias)
        api.delete("models/:model/aliases/:alias", use: removeAlias)
        api.get("models/:model/aliases/:alias/rollback", use: planRollback)
        api.post("models/:model/aliases/:alias/rollback", use: rollBack)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<JSONObject>> {
        let page = try QueryItems(request).longPage()
        return Answer(
            try await backend.reading { backend in
                let models = try backend.controlPlane.registeredModels()
                return V1.Page(
                    items: models.dropFirst(page.offset).prefix(page.limit).map(ModelJSON.model),
                    totalEntries: models.count)
            })
    }

    @Sendable private func show(_ request: Request, _ context: APIContext) async throws -> Answer<JSONObject>
    {
        let name = try context.modelName()
        return Answer(
            try await backend.reading { ModelJSON.model(try $0.controlPlane.registeredModel(name)) })
    }

    /// The newest first.
    @Sendable private func versions(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<JSONObject>> {
        let name = try context.modelName()
        let page = try QueryItems(request).longPage()
        return Answer(
            try await backend.reading { backend in
                _ = try backend.controlPlane.registeredModel(name)
                let rows = try backend.store.modelVersions(of: name)
                let numbers = try Self.numbers(of: name, backend)
                return V1.Page(
                    items: rows.dropFirst(page.offset).prefix(page.limit).map {
                        ModelJSON.version($0, numbers)
                    },
                    totalEntries: rows.count)
            })
    }

    @Sendable private func version(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONObject> {
        let name = try context.modelName()
        let reference = try context.modelReference()
        return Answer(
            try await backend.reading { backend in
                ModelJSON.version(
                    try backend.controlPlane.modelVersion(name, reference),
                    try Self.numbers(of: name, backend))
            })
    }

    /// Under which a server of the person's own knows the versions; nil when there is no such server.
    private static func numbers(
        of name: ModelName, _ backend: Backend
    ) throws -> [ModelVersionNumber: String]? {
        guard let place = backend.controlPlane.settings.trackingElsewhere else { return nil }
        return try backend.store.trackedNumbers(of: name, at: place.url)
    }

    @Sendable private func deployments(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<JSONObject>> {
        let name = try context.modelName()
        let page = try QueryItems(request).longPage()
        return Answer(
            try await backend.reading { backend in
                let rows = try backend.store.deployments(
                    .model(name), limit: page.limit, offset: page.offset)
                if rows.total == 0 { _ = try backend.controlPlane.registeredModel(name) }
                return V1.Page(items: rows.rows.map(ModelJSON.deployment), totalEntries: rows.total)
            })
    }

    @Sendable private func allDeployments(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<JSONObject>> {
        let page = try QueryItems(request).longPage()
        return Answer(
            try await backend.reading { backend in
                let rows = try backend.store.deployments(.all, limit: page.limit, offset: page.offset)
                return V1.Page(items: rows.rows.map(ModelJSON.deployment), totalEntries: rows.total)
            })
    }

    @Sendable private func history(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<JSONObject>> {
        let name = try context.modelName()
        let query = try QueryItems(request)
        let page = try query.longPage()
        let alias = query["alias"].map { AliasName($0) }
        return Answer(
            try await backend.reading { backend in
                let changes = try backend.controlPlane.aliasChanges(of: name, alias: alias)
                if changes.isEmpty { _ = try backend.controlPlane.registeredModel(name) }
                return V1.Page(
                    items: changes.dropFirst(page.offset).prefix(page.limit).map(ModelJSON.change),
                    totalEntries: changes.count)
            })
    }

    // MARK: Aliases

    @Sendable private func setAlias(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONObject> {
        let name = try context.modelName()
        let alias = AliasName(try context.text("alias"))
        let body = try await request.decodeBody(V1.AliasBody.self)
        let text = body.version.stringValue ?? body.version.text()
        guard let reference = ModelReference(text) else {
            throw APIError.badRequest("`\(text)` is not a version: a number, an alias or `latest`")
        }
        let target = try await backend.reading {
            try $0.controlPlane.modelVersion(name, reference).key.version
        }
        let change = try await backend.controlPlane.setAlias(
            alias, of: name, to: target, by: context.actor, reason: body.reason ?? "")
        return Answer(change.map(ModelJSON.change) ?? Self.unmoved(name, alias, target))
    }

    @Sendable private func removeAlias(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONObject> {
        let name = try context.modelName()
        let alias = AliasName(try context.text("alias"))
        let change = try await backend.controlPlane.removeAlias(alias, of: name, by: context.actor)
        guard let change else { throw ControlPlaneError.unknownAlias(name, alias) }
        return Answer(ModelJSON.change(change))
    }

    @Sendable private func rollBack(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONObject> {
        let name = try context.modelName()
        let alias = AliasName(try context.text("alias"))
        let body = try await request.decodeBody(V1.RollbackBody.self)
        let control = backend.controlPlane
        let plan = try await control.rollback(
            of: alias, of: name, movesAliasOnly: body.aliasOnly ?? false)
        guard plan.task != nil else {
            let change = try await control.rollBackAlias(
                alias, of: name, by: context.actor, reason: body.reason ?? "")
            return Answer(ModelJSON.change(change).merging(["deploys": false]))
        }
        let run = try await control.rollBack(
            plan, trigger: context.runTrigger, by: context.actor, reason: body.reason ?? "")
        return Answer(
            ModelJSON.rollback(plan).merging(["run_id": .string(run.runID.text)]), status: .created)
    }

    /// What a rollback would do.
    @Sendable private func planRollback(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONObject> {
        let plan = try await backend.controlPlane.rollback(
            of: AliasName(try context.text("alias")), of: try context.modelName())
        return Answer(ModelJSON.rollback(plan))
    }

    private static func unmoved(
        _ name: ModelName, _ alias: AliasName, _ version: ModelVersionNumber
    ) -> JSONObject {
        let number = JSONValue.integer(Int64(version.value))
        return ["model": .string(name.text), "alias": .string(alias.text), "from": number, "to": number]
    }

    // MARK: The file

    private static let pieceBytes = 256 * 1024

    @Sendable private func file(_ request: Request, _ context: APIContext) async throws -> Response {
        let name = try context.modelName()
        let reference = try context.modelReference()
        let (path, bytes) = try await backend.reading { backend in
            try backend.controlPlane.modelFile(of: try backend.controlPlane.modelVersion(name, reference))
        }
        let backend = backend
        let body = ResponseBody(contentLength: Int(bytes)) { writer in
            var output = PacedWriter(writer, context.loop)
            let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else { throw APIError.conflict("the file of the version cannot be read") }
            defer { close(file) }
            while true {
                let piece = try await backend.reading { _ in Self.piece(of: file) }
                if piece.isEmpty { break }
                try await output.write(ByteBuffer(bytes: piece))
            }
            try await output.finish()
        }
        return Response(status: .ok, headers: [.contentType: "application/octet-stream"], body: body)
    }

    private static func piece(of file: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, count in
            var result = read(file, buffer.baseAddress, buffer.count)
            while result < 0, errno == EINTR { result = read(file, buffer.baseAddress, buffer.count) }
            count = max(0, result)
        }
    }
}

extension APIContext {
    func modelName() throws -> ModelName {
        let name = ModelName(try text("model"))
        guard name.isValid else { throw APIError.badRequest("that is not the form of a model's name") }
        return name
    }

    fileprivate func modelReference() throws -> ModelReference {
        guard let reference = ModelReference(try text("reference")) else {
            throw APIError.badRequest("a version is a number, an alias or `latest`")
        }
        return reference
    }
}
