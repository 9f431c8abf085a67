extension Migration {
    /// Task instances that wait outside (`deferred`), and params of their own for mapped ones.
    ///
    /// The condition on a column is part of the table's text only, so it is changed there instead of copying a table
    /// that may have millions of rows (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema
    /// Changes"). `RESET` makes this connection read the text again; the `ALTER TABLE` tells the others to.
    static let mappedInstances = Migration(
        number: 2,
        sql: """
            ALTER TABLE task_instance ADD COLUMN mapped_parameters TEXT;
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema
                SET sql = replace(sql, 'state = ''pending'' OR', 'state = ''pending'' OR state = ''deferred'' OR')
                WHERE type = 'table' AND name = 'task_instance';
            PRAGMA writable_schema = RESET;

            """)
}
