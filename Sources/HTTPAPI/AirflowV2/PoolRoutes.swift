import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// `/api/v2/pools`.
struct PoolRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("pools", use: list)
        api.post("pools", use: create)
        api.patch("pools", use: bulk)
        api.get("pools/:pool_name", use: get)
        api.patch("pools/:pool_name", use: patch)
        api.delete("pools/:pool_name", use: delete)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.PoolCollectionResponse> {
        let page = try QueryItems(request).page()
        let rows = try await backend.reading { try $0.store.pools() }
        return Answer(
            AirflowV2.PoolCollectionResponse(
                pools: rows.dropFirst(page.offset).prefix(page.limit).map { AirflowV2.PoolResponse($0) },
                totalEntries: rows.count))
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.PoolResponse> {
        Answer(AirflowV2.PoolResponse(try await backend.pool(try context.poolName())))
    }

    @Sendable private func create(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.PoolResponse> {
        let body = try await request.decodeBody(AirflowV2.PoolBody.self)
        let name = PoolName(body.name)
        let exists = try await backend.reading { try $0.store.pools().contains { $0.pool.name == name } }
        guard !exists else { throw APIError.duplicate("Pool with name: `\(name)` already exists") }
        let pool = Pool(name: name, slots: body.slots, description: body.description ?? "")
        try await backend.controlPlane.setPool(pool, by: context.actor)
        return Answer(AirflowV2.PoolResponse(try await backend.pool(name)), status: .created)
    }

    @Sendable private func patch(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.PoolResponse> {
        let name = try context.poolName()
        let body = try await request.decodeBody(AirflowV2.PoolPatchBody.self)
        guard body.pool == nil || body.pool == name.text else {
            throw APIError.badRequest("a pool cannot be renamed")
        }
        var pool = try await backend.pool(name).pool
        pool.slots = body.slots ?? pool.slots
        pool.description = body.description ?? pool.description
        try await backend.controlPlane.setPool(pool, by: context.actor)
        return Answer(AirflowV2.PoolResponse(try await backend.pool(name)))
    }

    @Sendable private func bulk(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BulkResponse> {
        let actor = context.actor
        let changes = BulkChanges<AirflowV2.PoolBody>(
            noun: "pool", label: "pool names", name: { $0.name },
            exists: { name in
                try await backend.reading { try $0.store.pools().contains { $0.pool.name.text == name } }
            },
            put: { body, _ in
                let pool = Pool(
                    name: PoolName(body.name), slots: body.slots, description: body.description ?? "")
                try await backend.controlPlane.setPool(pool, by: actor)
            },
            delete: { name in
                guard PoolName(name) != .defaultPool else {
                    throw APIError.badRequest("Default Pool can't be deleted")
                }
                try await backend.controlPlane.deletePool(PoolName(name), by: actor)
            })
        return Answer(try await changes.perform(try await request.decodeBody(AirflowV2.BulkBody.self)))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        let name = try context.poolName()
        guard name != .defaultPool else { throw APIError.badRequest("Default Pool can't be deleted") }
        try await backend.controlPlane.deletePool(name, by: context.actor)
        return NoContent()
    }
}

extension Backend {
    func pool(_ name: PoolName) async throws -> PoolRow {
        try await reading { backend in
            guard let row = try backend.store.pools().first(where: { $0.pool.name == name }) else {
                throw ControlPlaneError.unknownPool(name)
            }
            return row
        }
    }
}

extension AirflowV2.PoolResponse {
    fileprivate init(_ row: PoolRow) {
        self.init(
            description: row.pool.description, name: row.pool.name.text, occupiedSlots: row.occupiedSlots,
            openSlots: row.freeSlots, queuedSlots: row.queuedSlots, runningSlots: row.runningSlots,
            scheduledSlots: row.scheduledSlots, slots: row.pool.slots)
    }
}
