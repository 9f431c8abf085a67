extension Migration {
    /// Assets, their events, and which of them wait for a DAG or were used by a run; files that were seen, webhooks, and
    /// the messages that webhooks have taken.
    ///
    /// The list of those who trigger runs is changed in the table's text, as in `mappedInstances`.
    static let assets = Migration(
        number: 8,
        sql: """
            CREATE TABLE asset (
                id INTEGER PRIMARY KEY,
                uri TEXT NOT NULL UNIQUE CHECK (uri <> ''),
                name TEXT NOT NULL,
                asset_group TEXT NOT NULL,
                extra TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE asset_event (
                id INTEGER PRIMARY KEY CHECK (id >= 1),
                asset INTEGER NOT NULL REFERENCES asset (id),
                timestamp INTEGER NOT NULL,
                extra TEXT NOT NULL,
                source_dag_id TEXT,
                source_run_id TEXT,
                source_task_id TEXT,
                source_map_index INTEGER NOT NULL CHECK (source_map_index >= -1),
                source_text TEXT,
                CHECK ((source_text IS NULL) = (source_dag_id IS NOT NULL)),
                CHECK ((source_dag_id IS NULL) = (source_run_id IS NULL)
                    AND (source_dag_id IS NULL) = (source_task_id IS NULL))
            ) STRICT;
            CREATE INDEX asset_event_by_asset ON asset_event (asset, id);
            CREATE INDEX asset_event_by_source ON asset_event (source_dag_id, id) WHERE source_dag_id IS NOT NULL;
            CREATE TABLE queued_asset_event (
                dag_id TEXT NOT NULL CHECK (dag_id <> ''),
                asset INTEGER NOT NULL REFERENCES asset (id),
                event INTEGER NOT NULL REFERENCES asset_event (id),
                PRIMARY KEY (dag_id, asset, event)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX queued_asset_event_by_event ON queued_asset_event (event);
            CREATE TABLE run_asset_event (
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                event INTEGER NOT NULL REFERENCES asset_event (id),
                dag_id TEXT NOT NULL,
                PRIMARY KEY (run, event),
                UNIQUE (event, dag_id)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE asset_watch (
                uri TEXT NOT NULL,
                pattern TEXT NOT NULL,
                began_at INTEGER NOT NULL,
                PRIMARY KEY (uri, pattern)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE watched_file (
                uri TEXT NOT NULL,
                path TEXT NOT NULL,
                size INTEGER NOT NULL,
                modified INTEGER NOT NULL,
                inode INTEGER NOT NULL,
                PRIMARY KEY (uri, path)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE webhook (
                name TEXT PRIMARY KEY CHECK (name <> ''),
                sealed BLOB NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE webhook_delivery (
                webhook TEXT NOT NULL,
                key TEXT NOT NULL,
                at INTEGER NOT NULL,
                event INTEGER,
                run INTEGER,
                PRIMARY KEY (webhook, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX webhook_delivery_by_age ON webhook_delivery (at);
            ALTER TABLE dag ADD COLUMN asset_run_at INTEGER;
            ALTER TABLE ledger ADD COLUMN next_asset_event INTEGER NOT NULL DEFAULT 1
                CHECK (next_asset_event >= 1);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema
                SET sql = replace(sql, 'triggered_by = ''cli'' OR',
                    'triggered_by = ''cli'' OR triggered_by = ''asset'' OR')
                WHERE type = 'table' AND name = 'dag_run';
            PRAGMA writable_schema = RESET;

            """)
}
