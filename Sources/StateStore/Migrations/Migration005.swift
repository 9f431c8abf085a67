extension Migration {
    /// Concurrency keys of runs, more reasons why a run ended, and DAGs that were paused because they failed.
    ///
    /// The condition on `reason` is changed in the table's text, as in `mappedInstances`.
    static let runLimits = Migration(
        number: 5,
        sql: """
            ALTER TABLE dag_run ADD COLUMN concurrency_key TEXT;
            ALTER TABLE dag_run ADD COLUMN reason_detail TEXT;
            ALTER TABLE dag ADD COLUMN consecutive_failures INTEGER NOT NULL DEFAULT 0
                CHECK (consecutive_failures >= 0);
            ALTER TABLE dag ADD COLUMN pause_reason TEXT;
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema
                SET sql = replace(sql, 'reason = ''timed_out'' OR',
                    'reason = ''timed_out'' OR reason = ''concurrency_skipped'' OR '
                    || 'reason = ''concurrency_cancelled'' OR reason = ''concurrency_failed'' OR '
                    || 'reason = ''superseded'' OR reason = ''coalesced'' OR')
                WHERE type = 'table' AND name = 'dag_run';
            PRAGMA writable_schema = RESET;

            """)
}
