import DAGDomain

/// The objects of data checks.
extension KeyTable {
    static let dataCheck = KeyTable(
        "a data check",
        [
            KeyRule(
                "artifact", .string(.nonEmpty), conflicts: ["file"],
                "The name of a declared artifact of the task that is checked."),
            KeyRule(
                "file", .string(.nonEmpty), aliases: ["path"],
                "A file that is checked, relative to the task's working directory. May contain templates."),
            KeyRule(
                "name", .string(.output),
                "What the names of the metrics begin with; the file's name without its ending if absent."),
            KeyRule(
                "format", .choice(DataFormat.allCases.map(\.rawValue)),
                "How the file is written; by the ending of its name if absent."),
            KeyRule(
                "null_words", .array(.string(.any)), aliases: ["na_values"],
                "Fields of a CSV that stand for no value, besides empty ones; null, NULL, NaN and nan if absent."
            ),
            KeyRule(
                "rules", .array(.object(.dataRule), minimum: 1), isRequired: true, "What must be true."),
        ],
        needsOneOf: ["artifact", "file"],
        foreignWords: ["checks": "rules", "expectations": "rules", "asserts": "rules", "dataset": "file"])

    static let dataRule = KeyTable(
        "a rule of a data check",
        [
            KeyRule("min_rows", .integer(0...Int64.max), "The smallest number of rows."),
            KeyRule("max_rows", .integer(0...Int64.max), "The largest number of rows."),
            KeyRule(
                "max_row_change", .number,
                "How far the number of rows may be from that of the last successful run, as a share: 0.5 allows half "
                    + "as many up to half as many again."),
            KeyRule("columns", .array(.string(.nonEmpty), minimum: 1), "Columns that must be there."),
            KeyRule("no_other_columns", .boolean, "Whether only the columns of \"columns\" may be there."),
            KeyRule(
                "max_file_age", .duration(allowsZero: false), "How long ago the file may have been changed."),
            KeyRule(
                "drift_from", .string(.nonEmpty), aliases: ["reference"],
                "A table, for example the training data, with which the columns are compared: those of \"columns\", or all "
                    + "of it. Relative to the task's working directory; may contain templates."),
            KeyRule(
                "max_psi", .number, "The largest population stability index that a column may have."),
            KeyRule(
                "max_drift_share", .number,
                "The largest share of columns whose population stability index is 0.2 or more."),
            KeyRule("column", .string(.nonEmpty), "The column that the following keys are about."),
            KeyRule(
                "type", .choice(ColumnType.allCases.map(\.rawValue)),
                "What every value of the column must be."),
            KeyRule(
                "not_null", .boolean, conflicts: ["max_null_share"], "Whether every row must have a value."),
            KeyRule("max_null_share", .number, "The largest share of rows without a value, from 0 to 1."),
            KeyRule("unique", .boolean, "Whether no value may occur twice."),
            KeyRule("min", .number, "The smallest value; every value must be a number."),
            KeyRule("max", .number, "The largest value; every value must be a number."),
            KeyRule(
                "values", .array(.either([.string(.any), .number, .boolean]), minimum: 1),
                aliases: ["allowed"],
                "The only values that may occur."),
            KeyRule(
                "max_age", .duration(allowsZero: false), "How old the newest date of the column may be."),
            severityRule,
        ],
        foreignWords: [
            "row_count": "min_rows", "rows": "min_rows", "nulls": "not_null", "required": "not_null",
            "uniqueness": "unique", "between": "min", "range": "min", "enum": "values", "in": "values",
            "freshness": "max_age", "drift": "drift_from", "psi": "max_psi", "minimum": "min",
            "maximum": "max", "schema": "columns",
        ])
}
