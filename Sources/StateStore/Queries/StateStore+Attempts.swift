import DAGDomain
import GRDB

extension StateStore {
    /// One attempt by its id.
    package func attempt(_ id: AttemptID) throws(StateStoreError) -> Attempt? {
        try read { database in
            try database.fetch(
                "SELECT \(AttemptRecord.columns) FROM attempt WHERE id = ?", [id.text], as: AttemptRecord.read
            ).first
        }
    }
}
