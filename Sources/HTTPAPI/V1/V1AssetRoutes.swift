import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v1/assets`: as Airflow's, but by URI and in longer pages.
struct V1AssetRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("assets", use: list)
        api.put("assets", use: set)
        api.delete("assets", use: delete)
        api.get("assets/show", use: show)
        api.get("assets/aliases", use: aliases)
        api.get("assets/events", use: events)
        api.post("assets/events", use: emit)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<AirflowV2.AssetResponse>> {
        let query = try QueryItems(request)
        let page = try query.longPage()
        let list = try AssetList(query)
        return Answer(
            try await backend.reading { backend in
                let assets = try list.assets(backend)
                return V1.Page(
                    items: Array(assets.dropFirst(page.offset).prefix(page.limit)),
                    totalEntries: assets.count)
            })
    }

    @Sendable private func show(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetResponse> {
        let uri = try asset(in: try QueryItems(request))
        return Answer(
            try await backend.reading { backend in
                try AirflowV2.AssetResponse(try backend.controlPlane.asset(uri), backend)
            })
    }

    @Sendable private func set(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetResponse> {
        let body = try await request.decodeBody(V1.AssetBody.self)
        let uri = try checked(body.uri)
        let known = try await backend.reading { try $0.store.asset(uri)?.asset }
        let asset = Asset(
            uri, name: body.name ?? known?.name, group: body.group ?? known?.group ?? Asset.defaultGroup,
            extra: body.extra ?? known?.extra ?? JSONObject())
        let isNew = try await backend.controlPlane.setAsset(asset, by: context.actor)
        return Answer(
            try await backend.reading { backend in
                try AirflowV2.AssetResponse(try backend.controlPlane.asset(uri), backend)
            }, status: isNew ? .created : .ok)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        try await backend.controlPlane.deleteAsset(
            try asset(in: try QueryItems(request)), by: context.actor)
        return NoContent()
    }

    @Sendable private func aliases(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<AirflowV2.AssetAliasResponse>> {
        let rows = try await backend.reading { try $0.store.assetAliases() }
        return Answer(
            V1.Page(items: rows.map { AirflowV2.AssetAliasResponse($0) }, totalEntries: rows.count))
    }

    /// The newest first, unless `order_by` says otherwise.
    @Sendable private func events(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<AirflowV2.AssetEventResponse>> {
        let query = try QueryItems(request)
        var filter = try AssetEventFilter(query)
        (filter.limit, filter.offset) = try query.longPage()
        if query["order_by"] == nil { filter.descending = true }
        let uri = query["uri"] == nil ? nil : try asset(in: query)
        let chosen = filter
        return Answer(
            try await backend.reading { backend in
                var filter = chosen
                if let uri { filter.asset = try backend.controlPlane.asset(uri).id }
                let page = try backend.store.assetEvents(filter)
                return V1.Page(
                    items: try page.rows.map { try AirflowV2.AssetEventResponse($0, backend) },
                    totalEntries: page.total)
            })
    }

    @Sendable private func emit(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetEventResponse> {
        let body = try await request.decodeBody(V1.AssetEventBody.self)
        let row = try await backend.controlPlane.emit(
            AssetEmission(
                asset: try checked(body.uri), extra: body.extra ?? JSONObject(), source: context.actor))
        return Answer(
            try await backend.reading { try AirflowV2.AssetEventResponse(row, $0) }, status: .created)
    }

    private func asset(in query: QueryItems) throws -> AssetURI {
        guard let text = query["uri"] else { throw APIError.badRequest("uri is needed") }
        return try checked(text)
    }

    private func checked(_ text: String) throws -> AssetURI {
        let uri = AssetURI(text)
        guard uri.isValid else {
            throw APIError.badRequest(
                "an asset is named by up to 1500 printable ASCII characters, not starting or ending with a "
                    + "space")
        }
        return uri
    }
}

extension V1.AssetWaiting {
    init(_ waiting: AssetWaiting) {
        self.init(
            condition: waiting.condition.description, missing: waiting.missing?.description,
            updated: waiting.updated.map {
                Updated(
                    uri: $0.asset.text, events: $0.entry.count, since: $0.entry.since.rfc3339,
                    latest: $0.entry.latest.rfc3339)
            }, sentence: waiting.sentence)
    }
}
