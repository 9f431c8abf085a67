extension Migration {
    /// Variables and connections (sealed with the home's key before they come here), the secrets that runs have used,
    /// and what was filled in in templates.
    static let values = Migration(
        number: 3,
        sql: """
            CREATE TABLE variable (
                key TEXT PRIMARY KEY CHECK (key <> ''),
                sealed BLOB NOT NULL,
                description TEXT,
                updated_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE connection (
                connection_id TEXT PRIMARY KEY CHECK (connection_id <> ''),
                sealed BLOB NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE run_secret (
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                digest TEXT NOT NULL,
                sealed BLOB NOT NULL,
                PRIMARY KEY (run, digest)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE rendered_fields (
                run INTEGER NOT NULL,
                task INTEGER NOT NULL,
                map_index INTEGER NOT NULL,
                try_number INTEGER NOT NULL,
                dag_id TEXT NOT NULL,
                task_id TEXT NOT NULL,
                fields TEXT NOT NULL,
                PRIMARY KEY (run, task, map_index),
                FOREIGN KEY (run, task, map_index)
                    REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX rendered_fields_by_task ON rendered_fields (dag_id, task_id, run);

            """)
}
