extension Migration {
    /// What `retrain_when` remembers of a DAG, and which of its clauses started a run.
    static let retraining = Migration(
        number: 11,
        sql: """
            CREATE TABLE retrain_state (
                dag_id TEXT PRIMARY KEY CHECK (dag_id <> ''),
                state TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE run_cause (
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                position INTEGER NOT NULL CHECK (position >= 0),
                cause TEXT NOT NULL,
                PRIMARY KEY (run, position)
            ) STRICT, WITHOUT ROWID;

            """)
}
