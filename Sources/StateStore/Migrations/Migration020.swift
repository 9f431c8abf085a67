extension Migration {
    /// Runs that put a version of a model back into service, as `NAME@NUMBER`.
    static let redeployments = Migration(
        number: 20, sql: "ALTER TABLE dag_run ADD COLUMN redeploys TEXT;")
}
