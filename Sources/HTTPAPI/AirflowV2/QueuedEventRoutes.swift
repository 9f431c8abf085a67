import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// `queuedEvents`: what waits for DAGs that are scheduled on assets, by asset, by DAG, or of one pair.
struct QueuedEventRoutes: Sendable {
    let backend: Backend

    private typealias Place = (dagID: DAGID?, asset: Int64?)

    func add(to api: RouterGroup<APIContext>) {
        api.get("assets/:asset_id/queuedEvents") { request, context in
            try await list(request, (nil, try context.assetID()))
        }
        api.delete("assets/:asset_id/queuedEvents") { request, context in
            try await delete(request, (nil, try context.assetID()))
        }
        api.get("dags/:dag_id/assets/queuedEvents") { request, context in
            try await list(request, (try context.dagID(), nil))
        }
        api.delete("dags/:dag_id/assets/queuedEvents") { request, context in
            try await delete(request, (try context.dagID(), nil))
        }
        api.get("dags/:dag_id/assets/:asset_id/queuedEvents") { request, context in
            let rows = try await rows(request, (try context.dagID(), try context.assetID()))
            guard let row = rows.first else { throw Self.nothing }
            return Answer(AirflowV2.QueuedEventResponse(row))
        }
        api.delete("dags/:dag_id/assets/:asset_id/queuedEvents") { request, context in
            try await delete(request, (try context.dagID(), try context.assetID()))
        }
    }

    private static let nothing = APIError.unknown(.queuedEvent, "No asset events wait")

    private func rows(_ request: Request, _ place: Place) async throws -> [QueuedAssetRow] {
        let before = try QueryItems(request).date("before")
        let (dagID, asset) = place
        return try await backend.reading { backend in
            if let asset { _ = try backend.controlPlane.asset(asset) }
            if let dagID { try backend.requireDAG(dagID) }
            return try backend.store.queuedAssets(of: dagID).filter { row in
                row.assetID == asset ?? row.assetID && row.entry.since < before ?? .distantFuture
            }
        }
    }

    private func list(
        _ request: Request, _ place: Place
    ) async throws -> Answer<AirflowV2.QueuedEventCollectionResponse> {
        let rows = try await rows(request, place)
        guard !rows.isEmpty else { throw Self.nothing }
        return Answer(
            AirflowV2.QueuedEventCollectionResponse(
                queuedEvents: rows.map { AirflowV2.QueuedEventResponse($0) }))
    }

    private func delete(_ request: Request, _ place: Place) async throws -> NoContent {
        let rows = try await rows(request, place)
        guard !rows.isEmpty else { throw Self.nothing }
        let before = try QueryItems(request).date("before")
        let asset = place.asset == nil ? nil : rows.first?.asset
        try await backend.controlPlane.dropQueuedEvents(of: place.dagID, asset: asset, before: before)
        return NoContent()
    }
}

extension AirflowV2.QueuedEventResponse {
    fileprivate init(_ row: QueuedAssetRow) {
        self.init(
            assetID: row.assetID, createdAt: row.entry.since.rfc3339, dagID: row.dagID.text)
    }
}
