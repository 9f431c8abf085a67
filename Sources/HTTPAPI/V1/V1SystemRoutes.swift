import APITypes
import DAGDomain
import Glibc
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// The daemon itself: its state, its pools, and the stream of what changes.
struct V1SystemRoutes: Sendable {
    let backend: Backend
    let identity: ServerIdentity

    func add(to api: RouterGroup<APIContext>) {
        api.get("status", use: status)
        api.get("events", use: events)
        api.get("pools", use: pools)
        api.get("pools/:pool_name", use: pool)
        api.put("pools/:pool_name", use: setPool)
        api.delete("pools/:pool_name", use: deletePool)
    }

    @Sendable private func status(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Status> {
        Answer(try await backend.reading { try V1.Status($0, identity) })
    }

    /// Server-sent events (WHATWG HTML section 9.2) about one run, one DAG, or everything.
    @Sendable private func events(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try QueryItems(request)
        let dagID = query["dag_id"].map { DAGID($0) }
        let runID = query["run_id"].map { RunID($0) }
        guard dagID?.isValidName ?? true, runID?.isValid ?? true else {
            throw APIError.badRequest("dag_id or run_id does not have the form of an id")
        }
        let stream = EventStream(backend: backend, dagID: dagID, runID: runID)
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: .following(request, context) { send in try await stream.run(send: send) })
    }

    @Sendable private func pools(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Pool>> {
        let rows = try await backend.reading { try $0.store.pools() }
        return Answer(V1.Page(items: rows.map { V1.Pool($0) }, totalEntries: rows.count))
    }

    @Sendable private func pool(_ request: Request, _ context: APIContext) async throws -> Answer<V1.Pool> {
        Answer(V1.Pool(try await backend.pool(try context.poolName())))
    }

    @Sendable private func setPool(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Pool> {
        let name = try context.poolName()
        let body = try await request.decodeBody(V1.PoolBody.self)
        let known = try await backend.reading { try $0.store.pools().first { $0.pool.name == name } }
        let pool = Pool(
            name: name, slots: body.slots, description: body.description ?? known?.pool.description ?? "")
        try await backend.controlPlane.setPool(pool, by: context.actor)
        return Answer(V1.Pool(try await backend.pool(name)), status: known == nil ? .created : .ok)
    }

    @Sendable private func deletePool(_ request: Request, _ context: APIContext) async throws -> NoContent {
        try await backend.controlPlane.deletePool(try context.poolName(), by: context.actor)
        return NoContent()
    }
}

/// What a server says of itself.
package struct ServerIdentity: Sendable {
    package let programVersion: String
    /// Nil for requests that are answered without a daemon.
    package let startedAt: Timestamp?

    package init(programVersion: String, startedAt: Timestamp?) {
        self.programVersion = programVersion
        self.startedAt = startedAt
    }
}

extension V1.Status {
    /// Inside `Backend.reading` only.
    fileprivate init(_ backend: Backend, _ identity: ServerIdentity) throws {
        let settings = backend.controlPlane.settings
        let runCounts = Dictionary(
            try backend.store.runCounts().map { ($0.state, $0.runs) }, uniquingKeysWith: +)
        var filter = DAGFilter()
        filter.limit = 0
        let total = try backend.store.dags(filter).total
        filter.isPaused = true
        let paused = try backend.store.dags(filter).total
        self.init(
            version: identity.programVersion, pid: identity.startedAt.map { _ in Int(getpid()) },
            startedAt: identity.startedAt?.rfc3339,
            uptime: identity.startedAt.map { (WallClock.now() - $0).inSeconds }, home: settings.home.path,
            dagFolder: settings.dagFolder, parallelism: settings.parallelism,
            health: V1.Health(backend.controlPlane.health),
            dags: V1.DAGCounts(
                total: total, paused: paused, broken: backend.controlPlane.catalog.importErrors.count),
            runs: DAGRunState.allCases.map { V1.StateCount(state: $0.rawValue, count: runCounts[$0] ?? 0) },
            taskInstances: try Self.unfinishedInstances(backend.store),
            pools: try backend.store.pools().map { V1.Pool($0) },
            notices: V1.NoticeCounts(
                unsent: try Self.notices([.pending, .sending], backend.store),
                failed: try Self.notices([.failed], backend.store)),
            tracking: V1.TrackingBacklog(
                try backend.store.trackingBacklog(), url: settings.trackingElsewhere?.url),
            watchdog: V1.Watchdog(backend.controlPlane.watchdogReport),
            retention: try V1.Retention(settings.retention, backend.store))
    }

    private static func notices(_ states: [NoticeState], _ store: StateStore) throws -> Int {
        var filter = NoticeFilter()
        filter.states = states
        filter.limit = 0
        return try store.notices(filter).total
    }

    /// The instances of runs that have not ended, by state.
    private static func unfinishedInstances(_ store: StateStore) throws -> [V1.StateCount] {
        var filter = RunFilter()
        filter.states = [.queued, .running]
        filter.limit = 1000
        var counts: [TaskInstanceState: Int] = [:]
        for row in try store.runs(filter).rows {
            counts.merge(try store.instanceCounts(of: row.run.number), uniquingKeysWith: +)
        }
        return TaskInstanceState.allCases.compactMap { state in
            counts[state].map { V1.StateCount(state: state.rawValue, count: $0) }
        }
    }
}

extension V1.TrackingBacklog {
    fileprivate init(_ backlog: TrackingBacklog, url: String?) {
        self.init(
            url: url, undelivered: backlog.steps, oldest: backlog.oldest?.rfc3339, problem: backlog.problem)
    }
}

extension V1.Retention {
    /// Nil when nothing goes by itself.
    fileprivate init?(_ settings: RetentionSettings?, _ store: StateStore) throws {
        guard let settings else { return nil }
        self.init(
            days: settings.age.map { Int($0.inSeconds / 86_400) }, runs: settings.keptRuns,
            interval: settings.interval.inSeconds)
        guard let last = try store.lastRetention().flatMap({ RetentionLook($0) }) else { return }
        lastLook = last.at.rfc3339
        removedRuns = last.runs
        removedFiles = last.artifacts
        removedBytes = last.folderBytes + last.artifactBytes
        problem = last.problem
    }
}

extension V1.Watchdog {
    init(_ report: WatchdogReport) {
        self.init(
            interval: report.interval?.inSeconds, looks: report.looks, found: report.found,
            repaired: report.repaired, lastLook: report.lastLook?.rfc3339,
            lastCost: report.lastCost.inSeconds,
            findings: report.findings.map {
                V1.WatchdogFinding(at: $0.at.rfc3339, text: $0.sentence, repaired: $0.isRepaired)
            })
    }
}

extension V1.Health {
    init(_ health: ServiceHealth) {
        switch health {
        case .healthy: self.init(status: "healthy")
        case .degraded(let reason): self.init(status: "degraded", reason: reason)
        }
    }
}
