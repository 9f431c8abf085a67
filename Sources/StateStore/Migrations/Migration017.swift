extension Migration {
    /// What OpenLineage has not been told yet; a row goes when it has.
    static let lineageNotes = Migration(
        number: 17,
        sql: """
            CREATE TABLE lineage_note (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                at INTEGER NOT NULL,
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                note_task INTEGER,
                note_index INTEGER,
                try_number INTEGER NOT NULL,
                event TEXT NOT NULL CHECK (event = 'START' OR event = 'COMPLETE' OR event = 'FAIL'
                    OR event = 'ABORT')
            ) STRICT;
            CREATE INDEX lineage_note_by_run ON lineage_note (run);

            """)
}
