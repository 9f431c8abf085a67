import JSONText

/// `import airflow`: serialized DAGs of Airflow 2 and 3 to DAG files.
///
/// The serialized form holds what the scheduler needs and no Python code. So shell commands, triggers and all that
/// surrounds a task can be translated; a task whose work is Python becomes a `noop` that carries its facts in
/// `x-import`, and is listed.
package struct AirflowImport {
    private let vocabulary: Vocabulary

    package init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// - Throws: `ImportFailure` when the bytes are not serialized DAGs.
    package func read(_ bytes: [UInt8]) throws(ImportFailure) -> ImportResult {
        let document = try AirflowDocument(bytes: bytes)
        var names = Names()
        var dags: [ImportedDAG] = []
        var notes: [ImportNote] = []
        for entry in document.entries {
            var translation = AirflowDAGTranslation(entry, vocabulary: vocabulary)
            let dag = translation.translate(names: &names)
            dags.append(dag)
            notes += translation.notes.notes
        }
        return ImportResult(dags: dags, notes: notes + Self.generalNotes)
    }

    /// What holds for every DAG that comes from Airflow.
    private static let generalNotes = [
        ImportNote(
            kind: .different, key: "is_paused_upon_creation",
            message: "a new DAG is unpaused here",
            advice: "start the daemon with --dags-are-paused-at-creation, or pause it first"),
        ImportNote(
            kind: .different, key: "cwd",
            message: "a command without cwd runs in the folder of the DAG file, not in a new temporary one"),
    ]
}
