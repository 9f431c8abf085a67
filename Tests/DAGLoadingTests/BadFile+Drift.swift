extension BadFile {
    private static func drift(_ value: String, type: String = "monitor") -> String {
        """
        {"dag_id": "d", "tasks": [{"task_id": "u", "command": "x", "artifacts": ["a.csv"]}, {"task_id": "t", "type": "\(type)",
        "drift": \(value)}]}
        """
    }

    /// `drift` of a monitoring task.
    static let drift = [
        BadFile(
            "drift of another task", drift(#"{"reference":"a.csv","current":"b.csv"}"#, type: "etl"),
            #"1:85: the task needs a "command", "http", "sql" or "container""#,
            #"2:1: "drift" needs "type": "monitor""#),
        BadFile(
            "drift without tables", drift("{}"), #"2:10: drift needs "current""#,
            #"2:10: drift needs "reference", or the task a "model""#),
        BadFile(
            "an unknown method of drift", drift(#"{"reference":"a.csv","current":"b.csv","method":"kl"}"#),
            "2:58: \"method\" has the unknown value \"kl\"; expected one of \"psi\", \"ks\", \"chi_square\", "
                + "\"jensen_shannon\", \"wasserstein\", \"auto\""),
        BadFile(
            "a share beyond all", drift(#"{"reference":"a.csv","current":"b.csv","share":2}"#),
            #"2:57: "share" is from 0 to 1"#),
        BadFile(
            "labels without a prediction", drift(#"{"reference":"a.csv","current":"b.csv","label":"y"}"#),
            #"2:49: "label" needs "prediction""#),
        BadFile(
            "the champion of no model", drift(#"{"reference":"champion","current":"b.csv"}"#),
            #"2:23: "champion" of which model? Give the task a "model", or write {"model": NAME}"#),
        BadFile(
            "a model as what is looked at", drift(#"{"reference":"a.csv","current":{"model":"m"}}"#),
            #"2:50: only "reference" can be the data of a model"#),
        BadFile(
            "two tables in one", drift(#"{"reference":{"path":"a.csv","model":"m"},"current":"b.csv"}"#),
            #"2:24: "model" and "path" cannot stand side by side"#),
        BadFile(
            "a table of a task that is not upstream", drift(#"{"reference":"a.csv","current":"u.a.csv"}"#),
            #"2:41: u.a.csv: "u" is not upstream of "t"; add it to "depends_on""#),
    ]
}
