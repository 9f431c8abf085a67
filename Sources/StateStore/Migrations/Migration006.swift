extension Migration {
    /// Notices that are to be sent or were, and what runs know of their deadlines.
    ///
    /// The `uid` is what receivers know a notice by: random, so that no two homes give the same one.
    static let notices = Migration(
        number: 6,
        sql: """
            ALTER TABLE dag_run ADD COLUMN deadlines TEXT;
            CREATE TABLE notice (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                uid TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
                run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
                dag_id TEXT NOT NULL,
                task INTEGER,
                map_index INTEGER NOT NULL,
                event TEXT NOT NULL,
                deadline INTEGER,
                position INTEGER NOT NULL CHECK (position >= 0),
                kind TEXT NOT NULL CHECK (kind = 'command' OR kind = 'webhook' OR kind = 'email'),
                facts TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                state TEXT NOT NULL
                    CHECK (state = 'pending' OR state = 'sending' OR state = 'sent' OR state = 'failed'),
                tries INTEGER NOT NULL CHECK (tries >= 0),
                next_at INTEGER,
                ended_at INTEGER,
                problem TEXT,
                CHECK ((state = 'pending') = (next_at IS NOT NULL)),
                CHECK ((event = 'deadline') = (deadline IS NOT NULL))
            ) STRICT;
            CREATE INDEX notice_due ON notice (next_at, id) WHERE state = 'pending';
            CREATE INDEX notice_in_flight ON notice (id) WHERE state = 'sending';
            CREATE INDEX notice_by_state ON notice (state, id);
            CREATE INDEX notice_by_run ON notice (run, id);
            CREATE INDEX notice_by_dag ON notice (dag_id, id);

            """)
}
