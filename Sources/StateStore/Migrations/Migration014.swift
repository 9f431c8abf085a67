extension Migration {
    /// Aliases of assets, assets that no file has to name, and runs that were asked for to update an asset.
    ///
    /// The list of the types of runs is changed in the table's text, as in `mappedInstances`.
    static let assetAliases = Migration(
        number: 14,
        sql: """
            ALTER TABLE asset ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept BETWEEN 0 AND 1);
            CREATE TABLE asset_alias (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL UNIQUE CHECK (name <> ''),
                created_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE asset_alias_member (
                alias INTEGER NOT NULL REFERENCES asset_alias (id),
                asset INTEGER NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
                since INTEGER NOT NULL,
                PRIMARY KEY (alias, asset)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX asset_alias_member_by_asset ON asset_alias_member (asset);
            CREATE TABLE asset_event_alias (
                event INTEGER NOT NULL REFERENCES asset_event (id) ON DELETE CASCADE,
                alias INTEGER NOT NULL REFERENCES asset_alias (id),
                PRIMARY KEY (event, alias)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX asset_event_by_age ON asset_event (timestamp);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema
                SET sql = replace(sql, 'type = ''asset_triggered''',
                    'type = ''asset_triggered'' OR type = ''asset_materialization''')
                WHERE type = 'table' AND name = 'dag_run';
            PRAGMA writable_schema = RESET;

            """)
}
