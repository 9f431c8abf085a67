extension Migration {
    /// Backfills, and which of them a run belongs to.
    static let backfills = Migration(
        number: 4,
        sql: """
            CREATE TABLE backfill (
                id INTEGER PRIMARY KEY CHECK (id >= 1),
                dag_id TEXT NOT NULL CHECK (dag_id <> ''),
                from_date INTEGER NOT NULL,
                to_date INTEGER NOT NULL,
                max_active_runs INTEGER NOT NULL CHECK (max_active_runs >= 1),
                is_reversed INTEGER NOT NULL CHECK (is_reversed IN (0, 1)),
                is_collapsed INTEGER NOT NULL CHECK (is_collapsed IN (0, 1)),
                reprocess TEXT NOT NULL,
                parameters TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                is_paused INTEGER NOT NULL CHECK (is_paused IN (0, 1)),
                completed_at INTEGER
            ) STRICT;
            CREATE INDEX backfill_by_dag ON backfill (dag_id, id);
            CREATE INDEX backfill_active ON backfill (id) WHERE completed_at IS NULL;
            ALTER TABLE dag_run ADD COLUMN backfill INTEGER;
            CREATE INDEX dag_run_by_backfill ON dag_run (backfill, number) WHERE backfill IS NOT NULL;
            ALTER TABLE ledger ADD COLUMN next_backfill INTEGER NOT NULL DEFAULT 1 CHECK (next_backfill >= 1);

            """)
}
