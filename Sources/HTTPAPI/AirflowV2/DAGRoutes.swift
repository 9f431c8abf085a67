import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import NIOCore
import SchedulerService
import StateStore

/// `/api/v2/dags`, their versions, sources and statistics.
struct DAGRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("dags", use: list)
        api.get("dags/:dag_id", use: get)
        api.patch("dags/:dag_id", use: patch)
        api.delete("dags/:dag_id", use: delete)
        api.get("dags/:dag_id/details", use: details)
        api.get("dags/:dag_id/tasks", use: tasks)
        api.get("dags/:dag_id/tasks/:task_id", use: task)
        api.get("dags/:dag_id/dagVersions", use: versions)
        api.get("dags/:dag_id/dagVersions/:version_number", use: version)
        api.get("dagSources/:dag_id", use: source)
        api.get("dagStats", use: statistics)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGCollectionResponse> {
        let query = try QueryItems(request)
        let page = try query.page()
        var filter = DAGFilter()
        filter.limit = page.limit
        filter.offset = page.offset
        filter.isPaused = try query.bool("paused")
        filter.isActive = try query.bool("exclude_stale") ?? true ? true : nil
        filter.tags = query.all("tags").nonEmpty
        filter.owners = query.all("owners").nonEmpty
        filter.dagIDPatterns = query.patterns("dag_id_pattern") ?? query.patterns("dag_display_name_pattern")
        filter.descending = query["order_by"]?.hasPrefix("-") ?? false
        let chosen = filter
        let assets = DAGAssetFilter(
            hasSchedule: try query.bool("has_asset_schedule"), dependency: query["asset_dependency"])
        return Answer(
            try await backend.reading { backend in
                let page = try backend.store.dags(try assets.narrowing(chosen, backend))
                return AirflowV2.DAGCollectionResponse(
                    dags: try page.rows.map { try AirflowV2.DAGResponse($0, backend) },
                    totalEntries: page.total)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGResponse> {
        try await answer(about: try context.dagID())
    }

    private func answer(about dagID: DAGID) async throws -> Answer<AirflowV2.DAGResponse> {
        Answer(try await backend.reading { try AirflowV2.DAGResponse(try $0.dagRow(dagID), $0) })
    }

    @Sendable private func details(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGDetailsResponse> {
        let dagID = try context.dagID()
        return Answer(
            try await backend.reading { try AirflowV2.DAGDetailsResponse(try $0.dagRow(dagID), $0) })
    }

    @Sendable private func patch(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGResponse> {
        let dagID = try context.dagID()
        let body = try await request.decodeBody(AirflowV2.DAGPatchBody.self)
        try await backend.controlPlane.setPaused(dagID, body.isPaused, by: context.actor)
        return try await answer(about: dagID)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Answer<NoBody> {
        try await backend.controlPlane.deleteDAG(try context.dagID(), by: context.actor)
        return Answer(NoBody())
    }

    @Sendable private func tasks(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskCollectionResponse> {
        let dag = try await definition(try context.dagID())
        let mappings = dag.mappings
        let tasks = dag.tasks.enumerated().map {
            AirflowV2.TaskResponse($1, at: $0, in: dag, isMapped: mappings[$0] != nil)
        }
        return Answer(AirflowV2.TaskCollectionResponse(tasks: tasks, totalEntries: tasks.count))
    }

    @Sendable private func task(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskResponse> {
        let dag = try await definition(try context.dagID())
        let taskID = try context.taskID()
        guard let index = dag.index(of: taskID) else { throw ControlPlaneError.unknownTask(dag.id, taskID) }
        return Answer(
            AirflowV2.TaskResponse(
                dag.tasks[index], at: index, in: dag, isMapped: dag.mappings[index] != nil))
    }

    private func definition(_ dagID: DAGID) async throws -> DAG {
        let dag = try await backend.reading { try $0.definition(try $0.dagRow(dagID)) }
        guard let dag else { throw ControlPlaneError.unknownDAG(dagID) }
        return dag
    }

    @Sendable private func versions(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGVersionCollectionResponse> {
        let dagID = try context.dagID()
        let page = try QueryItems(request).page()
        return Answer(
            try await backend.reading { backend in
                try backend.requireDAG(dagID)
                let versions = try backend.store.versions(of: dagID, limit: page.limit, offset: page.offset)
                return AirflowV2.DAGVersionCollectionResponse(
                    dagVersions: versions.rows.map { AirflowV2.DagVersionResponse($0) },
                    totalEntries: versions.total)
            })
    }

    @Sendable private func version(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DagVersionResponse> {
        let dagID = try context.dagID()
        let number = try context.number("version_number", in: 1...Int(Int32.max))
        return Answer(
            AirflowV2.DagVersionResponse(try await backend.reading { try $0.version(number, of: dagID) }))
    }

    @Sendable private func source(_ request: Request, _ context: APIContext) async throws -> Response {
        let dagID = try context.dagID()
        let number = try QueryItems(request).int("version_number", in: 1...Int(Int32.max))
        let (row, text) = try await backend.reading { backend in
            let row = try backend.version(number, of: dagID)
            guard let source = try backend.store.dagSource(dagID, row.hash) else {
                throw APIError.unknown(.version, "The source of that version is not kept")
            }
            return (row, source.bytes)
        }
        if request.headers[.accept]?.hasPrefix("text/plain") ?? false {
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: text)))
        }
        let answer = AirflowV2.DAGSourceResponse(
            content: String(decoding: text, as: UTF8.self), dagDisplayName: dagID.text, dagID: dagID.text,
            versionNumber: row.number)
        return try Answer(answer).response(from: request, context: context)
    }

    @Sendable private func statistics(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DagStatsCollectionResponse> {
        let wanted = try QueryItems(request).all("dag_ids").map { DAGID($0) }.nonEmpty
        return Answer(
            try await backend.reading { backend in
                var filter = DAGFilter()
                filter.dagIDs = wanted
                filter.limit = 1000
                let dags = try backend.store.dags(filter)
                let counts = Dictionary(grouping: try backend.store.runCounts(of: wanted), by: \.dagID)
                let rows = dags.rows.map { row in
                    AirflowV2.DagStatsResponse(row.status.dagID, counts[row.status.dagID] ?? [])
                }
                return AirflowV2.DagStatsCollectionResponse(dags: rows, totalEntries: dags.total)
            })
    }
}

/// Which DAGs a list shows by the assets that they are scheduled on; the files say that, not the database.
private struct DAGAssetFilter: Sendable {
    let hasSchedule: Bool?
    /// A part of an asset's name or URI; `%` and `_` as in SQL.
    let dependency: String?

    /// Inside `Backend.reading` only.
    func narrowing(_ filter: DAGFilter, _ backend: Backend) throws -> DAGFilter {
        guard hasSchedule != nil || dependency != nil else { return filter }
        var all = DAGFilter()
        all.limit = Int(Int32.max)
        var chosen = filter
        chosen.dagIDs = try backend.store.dags(all).rows.filter { row in
            let settings = try backend.definition(row)?.settings
            let isScheduled = settings?.assets != nil
            let names = settings?.scheduleAssets.flatMap { [$0.name, $0.uri.text] } ?? []
            return hasSchedule ?? isScheduled == isScheduled
                && (dependency.map { part in names.contains { LikePattern.matches(["%\(part)%"], $0) } }
                    ?? true)
        }.map(\.status.dagID)
        return chosen
    }
}

extension AirflowV2.DagStatsResponse {
    fileprivate init(_ dagID: DAGID, _ counts: [RunCountRow]) {
        self.init(
            dagDisplayName: dagID.text, dagID: dagID.text,
            stats: AirflowV2.DagRunState.allCases.map { state in
                let count = counts.filter { state.states.contains($0.state) }.reduce(0) { $0 + $1.runs }
                return AirflowV2.DagStatsStateResponse(count: count, state: state)
            })
    }
}

extension Backend {
    /// A version by its number, the newest when nil; inside `reading` only.
    fileprivate func version(_ number: Int?, of dagID: DAGID) throws -> DAGVersionRow {
        try requireDAG(dagID)
        let versions = try store.versions(of: dagID, limit: number == nil ? 1 : Int(Int32.max)).rows
        guard let row = versions.first(where: { number == nil || $0.number == number }) else {
            throw APIError.unknown(.version, "The DAG `\(dagID)` has no version \(number ?? 0)")
        }
        return row
    }
}
