extension Migration {
    /// What the cache said of attempts, and which results can serve others.
    ///
    /// A result is not copied: it is what its holder reported, and goes with the holder's report. The holder is the newest
    /// instance with the result, so that it outlives the runs that are deleted first. Only when the holder is to be done
    /// again by the cache, its report is set aside in `report`.
    static let cache = Migration(
        number: 13,
        sql: """
            ALTER TABLE dag_run ADD COLUMN cache_use TEXT NOT NULL DEFAULT 'except_cleared'
                CHECK (cache_use = 'except_cleared' OR cache_use = 'always' OR cache_use = 'never');
            CREATE TABLE cache_lookup (
                run INTEGER NOT NULL,
                task INTEGER NOT NULL,
                map_index INTEGER NOT NULL,
                try_number INTEGER NOT NULL CHECK (try_number >= 1),
                key TEXT,
                components TEXT NOT NULL,
                answer TEXT NOT NULL,
                text TEXT NOT NULL,
                source_run TEXT NOT NULL,
                source_try INTEGER NOT NULL,
                computed_at INTEGER,
                PRIMARY KEY (run, task, map_index, try_number),
                FOREIGN KEY (run, task, map_index)
                    REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE cache_entry (
                key TEXT PRIMARY KEY CHECK (key <> ''),
                run INTEGER NOT NULL,
                task INTEGER NOT NULL,
                map_index INTEGER NOT NULL,
                computed_at INTEGER NOT NULL,
                source_run TEXT NOT NULL,
                source_try INTEGER NOT NULL,
                report TEXT,
                FOREIGN KEY (run, task, map_index)
                    REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX cache_entry_by_holder ON cache_entry (run, task, map_index);

            """)
}
