extension Migration {
    /// What an MLflow server of the person's own has not been told yet (a row goes when it has), and under which number it
    /// knows our versions.
    ///
    /// The secret-free address of the server is part of the key: another server has other numbers. The mark is sent along
    /// with a new version, so that a second try finds what the first one made.
    static let trackingSteps = Migration(
        number: 19,
        sql: """
            CREATE TABLE tracking_step (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                at INTEGER NOT NULL,
                kind TEXT NOT NULL CHECK (kind = 'run' OR kind = 'model' OR kind = 'renamed' OR kind = 'version'
                    OR kind = 'tag' OR kind = 'alias'),
                model TEXT,
                version INTEGER,
                item TEXT,
                detail TEXT,
                tries INTEGER NOT NULL DEFAULT 0,
                due_at INTEGER NOT NULL,
                problem TEXT,
                CHECK ((model IS NULL) = (kind = 'run'))
            ) STRICT;
            CREATE INDEX tracking_step_by_model ON tracking_step (model, id) WHERE model IS NOT NULL;
            CREATE TABLE tracked_version (
                model TEXT NOT NULL,
                version INTEGER NOT NULL,
                server TEXT NOT NULL,
                mark TEXT NOT NULL,
                number TEXT,
                PRIMARY KEY (model, version, server),
                FOREIGN KEY (model, version) REFERENCES model_version (model, version)
                    ON DELETE CASCADE ON UPDATE CASCADE
            ) STRICT, WITHOUT ROWID;

            """)
}
