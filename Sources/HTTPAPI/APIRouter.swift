import APITypes
import HTTPTypes
import Hummingbird
import SchedulerService

/// Every route behind the one gatekeeper.
enum APIRouter {
    static func make(
        controlPlane: ControlPlane, policy: GatePolicy, identity: ServerIdentity
    ) -> Router<APIContext> {
        let backend = Backend(controlPlane: controlPlane)
        let router = Router(context: APIContext.self)
        // First of all: what is added after it cannot be reached around it, known path or not.
        router.add(middleware: Gatekeeper(policy: policy))
        addProbes(to: router, controlPlane)
        let airflow = router.group("api/v2")
        MonitorRoutes(backend: backend).add(to: airflow)
        DAGRoutes(backend: backend).add(to: airflow)
        DAGRunRoutes(backend: backend).add(to: airflow)
        TaskInstanceRoutes(backend: backend).add(to: airflow)
        HITLRoutes(backend: backend).add(to: airflow)
        LogRoutes(backend: backend).add(to: airflow)
        XComRoutes(backend: backend).add(to: airflow)
        PoolRoutes(backend: backend).add(to: airflow)
        VariableRoutes(backend: backend).add(to: airflow)
        ConnectionRoutes(backend: backend).add(to: airflow)
        BackfillRoutes(backend: backend).add(to: airflow)
        AssetRoutes(backend: backend).add(to: airflow)
        QueuedEventRoutes(backend: backend).add(to: airflow)
        let own = router.group("api/v1")
        V1DAGRoutes(backend: backend).add(to: own)
        V1RunRoutes(backend: backend).add(to: own)
        V1PlanRoutes(backend: backend).add(to: own)
        V1BackfillRoutes(backend: backend).add(to: own)
        V1AssetRoutes(backend: backend).add(to: own)
        V1ModelRoutes(backend: backend).add(to: own)
        V1TaskRoutes(backend: backend).add(to: own)
        V1ApprovalRoutes(backend: backend).add(to: own)
        V1NoticeRoutes(backend: backend).add(to: own)
        V1ArtifactRoutes(backend: backend).add(to: own)
        V1LineageRoutes(backend: backend).add(to: own)
        V1ExperimentRoutes(backend: backend).add(to: own)
        V1RetentionRoutes(backend: backend).add(to: own)
        V1SourceRoutes(backend: backend).add(to: own)
        V1RenderRoutes(backend: backend).add(to: own)
        V1ValueRoutes(backend: backend).add(to: own)
        V1WebhookRoutes(backend: backend).add(to: own)
        V1SystemRoutes(backend: backend, identity: identity).add(to: own)
        TrackingRoutes(backend: backend).add(to: router)
        return router
    }

    /// For service managers: alive, and able to take work.
    private static func addProbes(to router: Router<APIContext>, _ controlPlane: ControlPlane) {
        router.get("healthz") { _, _ in Answer(V1.Health(status: "healthy")) }
        router.get("readyz") { _, _ in
            let health = V1.Health(controlPlane.health)
            return Answer(health, status: health.reason == nil ? .ok : .serviceUnavailable)
        }
    }
}
