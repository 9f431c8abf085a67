extension Migration {
    /// The registry of models: their versions, and where each alias points and has pointed.
    ///
    /// Who made a version or moved an alias is text: versions outlive their runs, and the history outlives everything.
    static let models = Migration(
        number: 9,
        sql: """
            CREATE TABLE registered_model (
                name TEXT PRIMARY KEY CHECK (name <> ''),
                description TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                next_version INTEGER NOT NULL CHECK (next_version >= 1)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE registered_model_tag (
                model TEXT NOT NULL REFERENCES registered_model (name) ON DELETE CASCADE ON UPDATE CASCADE,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (model, key)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE model_version (
                model TEXT NOT NULL REFERENCES registered_model (name) ON DELETE CASCADE ON UPDATE CASCADE,
                version INTEGER NOT NULL CHECK (version >= 1),
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                description TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status = 'READY' OR status = 'PENDING_REGISTRATION'
                    OR status = 'FAILED_REGISTRATION'),
                source TEXT NOT NULL,
                artifact_name TEXT,
                artifact_sha256 TEXT,
                size_bytes INTEGER,
                reference_sha256 TEXT,
                tracking_run_id TEXT,
                dag_id TEXT,
                run_id TEXT,
                task_id TEXT,
                map_index INTEGER,
                dag_version_hash TEXT,
                facts TEXT NOT NULL,
                PRIMARY KEY (model, version),
                CHECK ((artifact_name IS NULL) = (artifact_sha256 IS NULL)
                    AND (artifact_name IS NULL) = (size_bytes IS NULL)),
                CHECK ((dag_id IS NULL) = (run_id IS NULL) AND (dag_id IS NULL) = (task_id IS NULL)
                    AND (dag_id IS NULL) = (map_index IS NULL))
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX model_version_by_origin ON model_version (dag_id, run_id, task_id)
                WHERE dag_id IS NOT NULL;
            CREATE INDEX model_version_by_artifact ON model_version (artifact_sha256)
                WHERE artifact_sha256 IS NOT NULL;
            CREATE TABLE model_version_tag (
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (model, version, key),
                FOREIGN KEY (model, version) REFERENCES model_version (model, version)
                    ON DELETE CASCADE ON UPDATE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE model_alias (
                model TEXT NOT NULL,
                alias TEXT NOT NULL CHECK (alias <> ''),
                version INTEGER NOT NULL,
                PRIMARY KEY (model, alias),
                FOREIGN KEY (model, version) REFERENCES model_version (model, version)
                    ON DELETE CASCADE ON UPDATE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX model_alias_by_version ON model_alias (model, version);
            CREATE TABLE model_alias_change (
                id INTEGER PRIMARY KEY,
                model TEXT NOT NULL,
                alias TEXT NOT NULL,
                from_version INTEGER,
                to_version INTEGER,
                at INTEGER NOT NULL,
                who TEXT NOT NULL,
                reason TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind = 'set' OR kind = 'removed' OR kind = 'rollback'),
                dag_id TEXT,
                run_id TEXT,
                task_id TEXT,
                map_index INTEGER,
                CHECK ((to_version IS NULL) = (kind = 'removed'))
            ) STRICT;
            CREATE INDEX model_alias_change_by_alias ON model_alias_change (model, alias, id);

            """)
}
