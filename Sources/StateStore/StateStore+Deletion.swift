import DAGDomain
import GRDB

extension StateStore {
    /// Removes a finished run with everything that hangs on it. The number is not given again.
    ///
    /// - Throws: `guardFailed` when there is no such run or it is not finished.
    package func deleteRun(_ number: RunNumber, at: Timestamp) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.changeOne(
                "DELETE FROM dag_run WHERE number = ? AND state NOT IN ('queued', 'running')", [number.value],
                expecting: "run \(number.value) to exist and to be finished")
        }
    }

    /// Removes everything that is known of a DAG: runs, versions, status, skipped ticks. In steps of some runs each,
    /// so that the log stays small; a stop in between leaves whole runs.
    ///
    /// - Throws: `guardFailed` when one of its runs is not finished.
    package func deleteHistory(of dagID: DAGID, at: Timestamp) throws(StateStoreError) {
        let unfinished = try read { database in
            try database.fetchCount(
                """
                SELECT count(*) FROM dag_run
                WHERE state IN ('queued', 'running') AND dag_id = ?
                """, [dagID.text])
        }
        guard unfinished == 0 else {
            throw .guardFailed("\(unfinished) runs of \(dagID) are not finished")
        }
        var deleted = 0
        repeat {
            deleted = 0
            try write(at: at) { batch in
                deleted = try batch.execute(
                    """
                    DELETE FROM dag_run WHERE state NOT IN ('queued', 'running') AND number IN
                        (SELECT number FROM dag_run WHERE dag_id = ? ORDER BY number LIMIT 200)
                    """, [dagID.text])
            }
            try checkpointIfGrown()
        } while deleted > 0
        try write(at: at) { batch in
            for table in [
                "dag", "dag_version", "skipped_tick", "dag_run_count", "backfill", "queued_asset_event",
                "retrain_state",
            ] {
                try batch.execute("DELETE FROM \(table) WHERE dag_id = ?", [dagID.text])
            }
        }
    }
}
