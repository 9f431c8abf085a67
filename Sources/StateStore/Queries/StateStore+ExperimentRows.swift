import DAGDomain
import GRDB

/// A DAG whose tasks have reported metrics.
package struct ExperimentSummary: Hashable, Sendable {
    package let dagID: DAGID
    /// Runs with a metric.
    package let runs: Int
    package let lastRun: RunID
    package let lastStart: Timestamp?
}

extension StateStore {
    /// By DAG.
    package func experiments() throws(StateStoreError) -> [ExperimentSummary] {
        try read { database in
            try database.fetch(
                """
                SELECT dag_run.dag_id, measured.runs, dag_run.run_id, dag_run.start_date
                FROM (SELECT dag_id, count(*) AS runs, max(number) AS last FROM dag_run
                    WHERE EXISTS (SELECT 1 FROM metric_last WHERE metric_last.run = dag_run.number)
                    GROUP BY dag_id) AS measured JOIN dag_run ON dag_run.number = measured.last
                ORDER BY dag_run.dag_id
                """
            ) { reader in
                ExperimentSummary(
                    dagID: try reader.identifier(), runs: try reader.int(), lastRun: try reader.identifier(),
                    lastStart: try reader.optionalTimestamp())
            }
        }
    }
}
