import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// MLflow's protocol: `/api/2.0/mlflow`, and what its clients ask for of later versions.
struct TrackingRoutes {
    let backend: Backend

    func add(to router: Router<APIContext>) {
        let tracking = TrackingRouter(backend: backend, api: router.group("api/2.0/mlflow"))
        ExperimentRoutes.add(to: tracking)
        TrackingRunRoutes.add(to: tracking)
        TrackingLogRoutes.add(to: tracking)
        let files = TrackingFiles(home: backend.controlPlane.settings.home)
        let artifacts = ArtifactRoutes(files: files, backend: backend)
        artifacts.add(toTracking: tracking)
        artifacts.add(
            toProxy: TrackingRouter(backend: backend, api: router.group("api/2.0/mlflow-artifacts")))
        LoggedModelRoutes.add(to: tracking, files)
        RegisteredModelRoutes.add(to: tracking)
        ModelVersionRoutes.add(to: tracking)
        let later = TrackingRouter(backend: backend, api: router.group("api/3.0/mlflow"))
        later.on(.get, "server-info") { _ in
            [
                "store_type": "SqlStore", "workspaces_enabled": false, "trace_archival_enabled": false,
                "multipart_uploads_enabled": false, "multipart_downloads_enabled": false,
            ].objectMembers
        }
    }

    private static let prefixes = ["/api/2.0/mlflow/", "/api/2.0/mlflow-artifacts/", "/api/3.0/mlflow/"]

    /// Whether a path is of MLflow's protocol, so that errors are told in its way.
    static func isTracking(_ path: String) -> Bool {
        prefixes.contains { path.hasPrefix($0) }
    }
}
