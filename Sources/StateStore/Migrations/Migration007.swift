extension Migration {
    /// Runs that were moved onto another version of their DAG: which they had, and what the tasks did that are gone.
    static let movedRuns = Migration(
        number: 7,
        sql: """
            CREATE TABLE past_version (
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                position INTEGER NOT NULL,
                version INTEGER NOT NULL REFERENCES dag_version (id),
                until INTEGER NOT NULL,
                PRIMARY KEY (run, position)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX past_version_by_version ON past_version (version);
            CREATE TABLE past_instance (
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                position INTEGER NOT NULL,
                task_id TEXT NOT NULL,
                instance INTEGER NOT NULL,
                state TEXT NOT NULL,
                try_number INTEGER NOT NULL,
                start_date INTEGER,
                end_date INTEGER,
                last_attempt TEXT,
                PRIMARY KEY (run, position, task_id, instance),
                FOREIGN KEY (run, position) REFERENCES past_version (run, position) ON DELETE CASCADE
            ) STRICT, WITHOUT ROWID;

            """)
}
