import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v2/assets`, and the events that started a run.
struct AssetRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("assets", use: list)
        api.get("assets/aliases", use: aliases)
        api.get("assets/aliases/:asset_alias_id", use: alias)
        api.get("assets/events", use: events)
        api.post("assets/events", use: emit)
        api.get("assets/:asset_id", use: get)
        api.post("assets/:asset_id/materialize", use: materialize)
        api.get("dags/:dag_id/dagRuns/:dag_run_id/upstreamAssetEvents", use: upstream)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetCollectionResponse> {
        let query = try QueryItems(request)
        let page = try query.page()
        let list = try AssetList(query)
        return Answer(
            try await backend.reading { backend in
                let assets = try list.assets(backend)
                return AirflowV2.AssetCollectionResponse(
                    assets: Array(assets.dropFirst(page.offset).prefix(page.limit)),
                    totalEntries: assets.count)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetResponse> {
        let id = try context.assetID()
        return Answer(
            try await backend.reading { backend in
                try AirflowV2.AssetResponse(try backend.controlPlane.asset(id), backend)
            })
    }

    @Sendable private func aliases(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetAliasCollectionResponse> {
        let query = try QueryItems(request)
        let page = try query.page()
        let names = query.patterns("name_pattern")
        let ordering = try query.ordering(["id", "name"])
        let all = try await backend.reading { try $0.store.assetAliases() }
        let chosen = ordering.sorted(all.filter { LikePattern.matches(names, $0.name.text) }) { row, column in
            column == "name" ? row.name.text : AssetList.sortable(row.id)
        }
        return Answer(
            AirflowV2.AssetAliasCollectionResponse(
                assetAliases: chosen.dropFirst(page.offset).prefix(page.limit).map {
                    AirflowV2.AssetAliasResponse($0)
                }, totalEntries: chosen.count))
    }

    @Sendable private func alias(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetAliasResponse> {
        let id = Int64(try context.number("asset_alias_id", in: 1...Int(Int64.max)))
        guard let row = try await backend.reading({ try $0.store.assetAliases().first { $0.id == id } })
        else { throw APIError.unknown(.assetAlias, "There is no asset alias \(id)") }
        return Answer(AirflowV2.AssetAliasResponse(row))
    }

    @Sendable private func events(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetEventCollectionResponse> {
        let query = try QueryItems(request)
        var filter = try AssetEventFilter(query)
        (filter.limit, filter.offset) = try query.page()
        let chosen = filter
        return Answer(
            try await backend.reading { backend in
                let page = try backend.store.assetEvents(chosen)
                return AirflowV2.AssetEventCollectionResponse(
                    assetEvents: try page.rows.map { try AirflowV2.AssetEventResponse($0, backend) },
                    totalEntries: page.total)
            })
    }

    @Sendable private func emit(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetEventResponse> {
        let body = try await request.decodeBody(AirflowV2.CreateAssetEventsBody.self)
        guard body.partitionKey == nil else { throw APIError.badRequest("partition_key is not supported") }
        let asset = try await backend.reading { try $0.controlPlane.asset(body.assetID) }
        let row = try await backend.controlPlane.emit(
            AssetEmission(
                asset: asset.asset.uri, extra: body.extra ?? JSONObject(), source: context.actor))
        return Answer(try await backend.reading { try AirflowV2.AssetEventResponse(row, $0) })
    }

    @Sendable private func materialize(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGRunResponse> {
        let id = try context.assetID()
        let body = try await request.decodeBody(AirflowV2.TriggerDAGRunPostBody.self)
        guard body.dataIntervalStart == nil, body.dataIntervalEnd == nil, body.partitionKey == nil else {
            throw APIError.badRequest(
                "data_interval_start, data_interval_end and partition_key are not supported")
        }
        let date = try body.logicalDate.map { try BodyDate.read($0, key: "logical_date") }
        let trigger = context.runTrigger
        let run = try await backend.controlPlane.materialize(id) { dagID in
            TriggerRequest(
                dagID: dagID, runID: body.dagRunID.map { RunID($0) }, logicalDate: date,
                conf: body.conf ?? JSONObject(), note: body.note, trigger: trigger)
        }
        return Answer(
            try await backend.reading { backend in
                try AirflowV2.DAGRunResponse(try backend.run(run.dagID, run.runID), backend)
            })
    }

    @Sendable private func upstream(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.AssetEventCollectionResponse> {
        let dagID = try context.dagID()
        let runID = try context.runID()
        return Answer(
            try await backend.reading { backend in
                let run = try backend.run(dagID, runID).run
                let rows = try backend.store.assetEvents(of: run.number)
                return AirflowV2.AssetEventCollectionResponse(
                    assetEvents: try rows.map { try AirflowV2.AssetEventResponse($0, backend) },
                    totalEntries: rows.count)
            })
    }
}

/// Which assets a list shows, and in which order.
struct AssetList: Sendable {
    private let names: [String]?
    private let uris: [String]?
    private let dagIDs: Set<String>
    private let onlyActive: Bool
    private let ordering: ListOrdering

    init(_ query: QueryItems) throws {
        names = query.patterns("name_pattern")
        uris = query.patterns("uri_pattern")
        dagIDs = Set(query.all("dag_ids"))
        onlyActive = try query.bool("only_active") ?? true
        ordering = try query.ordering(["id", "name", "uri", "created_at", "updated_at"])
    }

    /// Inside `Backend.reading` only.
    func assets(_ backend: Backend) throws -> [AirflowV2.AssetResponse] {
        let uses = backend.controlPlane.assetUses()
        let aliases = try backend.store.assetAliases()
        let rows = try backend.store.assets().filter { row in
            let use = uses[row.asset.uri] ?? AssetUse()
            let dags = use.dagIDs
            return (!onlyActive || row.isKept || !use.isEmpty) && LikePattern.matches(names, row.asset.name)
                && LikePattern.matches(uris, row.asset.uri.text)
                && (dagIDs.isEmpty || dags.contains { dagIDs.contains($0.text) })
        }
        return ordering.sorted(rows) { row, column in
            switch column {
            case "name": row.asset.name
            case "uri": row.asset.uri.text
            case "created_at": row.createdAt.rfc3339
            case "updated_at": row.updatedAt.rfc3339
            default: Self.sortable(row.id)
            }
        }.map { row in
            AirflowV2.AssetResponse(
                row, uses[row.asset.uri], aliases.filter { $0.assets.contains(row.asset.uri) })
        }
    }

    static func sortable(_ id: Int64) -> String {
        String(repeating: "0", count: max(0, 20 - "\(id)".count)) + "\(id)"
    }
}

extension APIContext {
    func assetID() throws -> Int64 { Int64(try number("asset_id", in: 1...Int(Int64.max))) }
}

extension AssetEventFilter {
    init(_ query: QueryItems) throws {
        self.init()
        asset = try query.int("asset_id").map { Int64($0) }
        dagID = query["source_dag_id"].map { DAGID($0) }
        runID = query["source_run_id"].map { RunID($0) }
        taskID = query["source_task_id"].map { TaskID($0) }
        mapIndex = try query.int("source_map_index")
        names = query.patterns("name_pattern")
        timestamp = try query.range("timestamp") ?? TimestampRange()
        descending = try query.ordering(["id", "timestamp"]).isDescending
    }
}

extension AirflowV2.AssetAliasResponse {
    init(_ row: AssetAliasRow) {
        self.init(id: row.id, name: row.name.text, assets: row.assets.map(\.text))
    }
}

extension AirflowV2.AssetResponse {
    /// Inside `Backend.reading` only.
    init(_ row: AssetRow, _ backend: Backend) throws {
        let uri = row.asset.uri
        self.init(
            row, backend.controlPlane.assetUses()[uri],
            try backend.store.assetAliases().filter { $0.assets.contains(uri) })
    }

    init(_ row: AssetRow, _ use: AssetUse?, _ aliases: [AssetAliasRow]) {
        let (created, updated) = (row.createdAt.rfc3339, row.updatedAt.rfc3339)
        let use = use ?? AssetUse()
        func reference(_ task: (dagID: DAGID, taskID: TaskID)) -> AirflowV2.TaskAssetReference {
            AirflowV2.TaskAssetReference(
                createdAt: created, dagID: task.dagID.text, taskID: task.taskID.text, updatedAt: updated)
        }
        var last: AirflowV2.LastAssetEventResponse?
        if let id = row.lastEvent, let instant = row.lastEventAt {
            last = AirflowV2.LastAssetEventResponse(id: id.value, timestamp: instant.rfc3339)
        }
        self.init(
            id: row.id, uri: row.asset.uri.text, name: row.asset.name, group: row.asset.group,
            extra: row.asset.extra, createdAt: created, updatedAt: updated, lastAssetEvent: last,
            consumingTasks: use.readers.map(reference), producingTasks: use.producers.map(reference),
            scheduledDags: use.scheduledDAGs.map {
                AirflowV2.DagScheduleAssetReference(createdAt: created, dagID: $0.text, updatedAt: updated)
            },
            watchers: use.watches.enumerated().map { place, watch in
                AirflowV2.AssetWatcherResponse(
                    createdDate: created, name: "\(watch.dagID): \(watch.watch.path)", triggerID: place + 1)
            }, aliases: aliases.map { AirflowV2.AssetAliasResponse($0) })
    }
}

extension AirflowV2.AssetEventResponse {
    /// Inside `Backend.reading` only.
    init(_ row: AssetEventRow, _ backend: Backend) throws {
        self.init(
            id: row.event.id.value, assetID: row.assetID, uri: row.event.asset.text, name: row.name,
            group: row.group, timestamp: row.event.timestamp.rfc3339, extra: row.event.extra,
            createdDagruns: try row.runs.compactMap { number in
                try backend.store.run(number).map { AirflowV2.DagRunAssetReference($0.run) }
            })
        aliases = row.aliases.map(\.text)
        switch row.event.source {
        case .task(let dagID, let runID, let taskID, let mapIndex):
            sourceDagID = dagID.text
            sourceRunID = runID.text
            sourceTaskID = taskID.text
            sourceMapIndex = mapIndex
        case .outside(let text): source = text
        }
    }
}

extension AirflowV2.DagRunAssetReference {
    fileprivate init(_ run: DAGRun) {
        self.init(
            dagID: run.dagID.text, runID: run.runID.text,
            startDate: (run.startDate ?? run.queuedAt).rfc3339, endDate: run.endDate?.rfc3339,
            state: AirflowV2.DagRunState(run.state).rawValue, logicalDate: run.logicalDate?.rfc3339,
            dataIntervalStart: run.dataIntervalStart?.rfc3339, dataIntervalEnd: run.dataIntervalEnd?.rfc3339)
    }
}
