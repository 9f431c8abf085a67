extension Migration {
    /// What tasks declared to read, by content, and what is in tables that were kept as artifacts, once for each content.
    static let datasets = Migration(
        number: 10,
        sql: """
            CREATE TABLE task_input (
                run INTEGER NOT NULL,
                task INTEGER NOT NULL,
                map_index INTEGER NOT NULL,
                position INTEGER NOT NULL,
                name TEXT NOT NULL,
                place TEXT NOT NULL,
                is_artifact INTEGER NOT NULL CHECK (is_artifact IN (0, 1)),
                sha256 TEXT NOT NULL,
                size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
                PRIMARY KEY (run, task, map_index, position),
                FOREIGN KEY (run, task, map_index)
                    REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX task_input_by_content ON task_input (sha256);
            CREATE INDEX artifact_by_content ON artifact (sha256);
            CREATE TABLE artifact_content (
                sha256 TEXT PRIMARY KEY,
                format TEXT NOT NULL,
                rows INTEGER,
                columns TEXT NOT NULL,
                problem TEXT,
                read_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            """)
}
