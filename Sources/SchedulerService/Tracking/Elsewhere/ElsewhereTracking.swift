import ArtifactStore
import DAGDomain
import Logging
import StateStore

/// Everything about an MLflow server of the person's own.
struct ElsewhereTracking: Sendable {
    let runs: ElsewhereRuns
    let delivery: ElsewhereDelivery

    /// What the server is to be told of changes.
    var steps: @Sendable ([Transition], Timestamp) -> [TrackingStep] {
        { [runs] transitions, now in runs.steps(for: transitions, at: now) }
    }

    /// Nil where there is no such server, or no way to it.
    init?(
        _ settings: ServiceSettings, store: StateStore, artifacts: ArtifactStore, values: ValueService,
        endpoint: TrackingEndpoint, logger: Logger
    ) {
        guard let place = settings.trackingElsewhere, let transport = settings.trackingTransport else {
            return nil
        }
        let access = TrackingAccess(place, values: values, transport: transport)
        runs = ElsewhereRuns(access: access, endpoint: endpoint)
        delivery = ElsewhereDelivery(access: access, store: store, artifacts: artifacts, logger: logger)
    }
}
