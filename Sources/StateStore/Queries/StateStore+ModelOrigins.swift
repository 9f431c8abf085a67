import DAGDomain
import GRDB

/// Versions of models by where they come from.
extension StateStore {
    /// Made by any task of a run.
    package func modelVersions(
        of dagID: DAGID, _ runID: RunID
    ) throws(StateStoreError) -> [ModelVersionKey] {
        try versionKeys("dag_id = ? AND run_id = ?", [dagID.text, runID.text])
    }

    /// Whose file, or whose reference, has this content.
    package func modelVersions(holding sha256: String) throws(StateStoreError) -> [ModelVersionKey] {
        try versionKeys("artifact_sha256 = ? OR reference_sha256 = ?", [sha256, sha256])
    }

    /// - Parameter condition: ours; values are bound.
    private func versionKeys(
        _ condition: String, _ values: [(any DatabaseValueConvertible)?]
    ) throws(StateStoreError) -> [ModelVersionKey] {
        try read { database in
            try database.fetch(
                "SELECT model, version FROM model_version WHERE \(condition) ORDER BY model, version", values
            ) { ModelVersionKey(try $0.identifier(), ModelVersionNumber(try $0.int())) }
        }
    }
}
