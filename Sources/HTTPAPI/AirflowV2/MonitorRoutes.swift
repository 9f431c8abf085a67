import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// Version, health, and the files that could not be loaded.
struct MonitorRoutes: Sendable {
    /// The API of this version of Airflow is the one we answer with; clients choose their requests by it.
    static let airflowVersion = "3.2.1"

    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("version", use: version)
        api.get("monitor/health", use: health)
        api.get("importErrors", use: importErrors)
        api.get("importErrors/:import_error_id", use: importError)
    }

    @Sendable private func version(_ request: Request, _ context: APIContext) -> Answer<AirflowV2.VersionInfo>
    {
        Answer(AirflowV2.VersionInfo(gitVersion: "orchestrator", version: Self.airflowVersion))
    }

    /// Always 200, as in Airflow; the words tell.
    @Sendable private func health(
        _ request: Request, _ context: APIContext
    ) -> Answer<AirflowV2.HealthInfoResponse> {
        let now = WallClock.now().rfc3339
        let status = backend.controlPlane.health == .healthy ? "healthy" : "unhealthy"
        return Answer(
            AirflowV2.HealthInfoResponse(
                dagProcessor: AirflowV2.DagProcessorInfoResponse(
                    latestDagProcessorHeartbeat: now, status: "healthy"),
                metadatabase: AirflowV2.BaseInfoResponse(status: status),
                scheduler: AirflowV2.SchedulerInfoResponse(latestSchedulerHeartbeat: now, status: status),
                triggerer: AirflowV2.TriggererInfoResponse()))
    }

    @Sendable private func importErrors(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ImportErrorCollectionResponse> {
        let page = try QueryItems(request).page()
        let errors = try await errors()
        return Answer(
            AirflowV2.ImportErrorCollectionResponse(
                importErrors: Array(errors.dropFirst(page.offset).prefix(page.limit)),
                totalEntries: errors.count))
    }

    @Sendable private func importError(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.ImportErrorResponse> {
        let id = try context.number("import_error_id", in: 0...Int(Int32.max))
        guard let error = try await errors().first(where: { $0.importErrorID == id }) else {
            throw APIError.unknown(
                .importError, "The ImportError with import_error_id: `\(id)` was not found")
        }
        return Answer(error)
    }

    private func errors() async throws -> [AirflowV2.ImportErrorResponse] {
        try await backend.reading { backend in
            let times = Dictionary(
                try backend.store.importErrors().map { ($0.path, $0.at) }
            ) { first, _ in first }
            return backend.controlPlane.catalog.importErrors.map { path, errors in
                AirflowV2.ImportErrorResponse(
                    filename: path, importErrorID: Self.number(of: path),
                    stackTrace: errors.map { "\(path):\($0)" }.joined(separator: "\n"),
                    timestamp: (times[path] ?? WallClock.now()).rfc3339)
            }
        }
    }

    /// The number by which clients ask for a file's errors: FNV-1a of its path, in 31 bits.
    private static func number(of path: String) -> Int {
        let hash = path.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int(hash >> 1)
    }
}
