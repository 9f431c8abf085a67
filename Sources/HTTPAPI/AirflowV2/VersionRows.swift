import APITypes
import DAGDomain
import StateStore

/// The versions that the runs of one answer are pinned to, each looked up once.
struct VersionRows {
    private var rows: [DAGID: [DAGVersionHash: DAGVersionRow]] = [:]

    /// Inside `Backend.reading` only.
    mutating func response(for run: DAGRun, _ store: StateStore) throws -> AirflowV2.DagVersionResponse? {
        if rows[run.dagID] == nil {
            let versions = try store.versions(of: run.dagID, limit: 1000).rows
            rows[run.dagID] = Dictionary(versions.map { ($0.hash, $0) }) { first, _ in first }
        }
        return rows[run.dagID]?[run.version].map { AirflowV2.DagVersionResponse($0) }
    }
}

extension AirflowV2.DagVersionResponse {
    init(_ row: DAGVersionRow) {
        self.init(
            createdAt: row.createdAt.rfc3339, dagDisplayName: row.dagID.text, dagID: row.dagID.text,
            id: WireUUID.version(row.hash), versionNumber: row.number)
    }
}
