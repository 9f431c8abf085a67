/// Collects the notes about one DAG.
struct NoteList {
    var dagID: String?
    private(set) var notes: [ImportNote] = []

    init(dagID: String? = nil) {
        self.dagID = dagID
    }

    mutating func untranslated(
        _ key: String, task: String? = nil, line: Int? = nil, _ message: String, advice: String = ""
    ) {
        add(.untranslated, key, task, line, message, advice)
    }

    mutating func different(
        _ key: String, task: String? = nil, line: Int? = nil, _ message: String, advice: String = ""
    ) {
        add(.different, key, task, line, message, advice)
    }

    private mutating func add(
        _ kind: ImportNote.Kind, _ key: String, _ task: String?, _ line: Int?, _ message: String,
        _ advice: String
    ) {
        notes.append(
            ImportNote(
                kind: kind, dagID: dagID, taskID: task, key: key, line: line, message: message, advice: advice
            ))
    }

    mutating func append(contentsOf other: NoteList) { notes += other.notes }
}
