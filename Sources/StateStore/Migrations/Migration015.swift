extension Migration {
    /// Runs that make a version of a model once more, as `NAME@NUMBER`.
    static let reproductions = Migration(
        number: 15, sql: "ALTER TABLE dag_run ADD COLUMN reproduces TEXT;")
}
