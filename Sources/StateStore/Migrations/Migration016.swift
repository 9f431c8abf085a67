extension Migration {
    /// Runs that somebody wants to keep, whatever their age.
    static let pins = Migration(
        number: 16,
        sql: """
            CREATE TABLE pinned_run (
                run INTEGER PRIMARY KEY REFERENCES dag_run (number) ON DELETE CASCADE,
                at INTEGER NOT NULL,
                who TEXT NOT NULL,
                note TEXT NOT NULL
            ) STRICT;

            """)
}
