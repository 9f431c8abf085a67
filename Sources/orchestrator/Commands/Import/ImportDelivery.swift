import DAGImport
import DAGLoading
import Glibc
import JSONText

/// Reads the file of an `import`, checks what came of it with the loader, writes the DAG files and tells the rest.
struct ImportDelivery {
    private let invocation: Invocation
    private let options: ImportOptions
    private let file: String

    init(_ invocation: Invocation, _ options: ImportOptions, file: String) {
        self.invocation = invocation
        self.options = options
        self.file = file
    }

    /// Asks the loader itself.
    let vocabulary = Vocabulary { dag in
        DAGLoader().load(bytes: Array(dag.text().utf8), path: "import", folder: "/").errors.isEmpty
    }

    /// The absolute folder of the file; that of the caller for standard input.
    var folder: String {
        let parent = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        if file.hasPrefix("/"), parent.isEmpty { return "/" }
        return FileAccess.resolved(parent.isEmpty ? "." : parent)
    }

    func readFile() throws(CommandFailure) -> [UInt8] {
        if file == "-" { return try FileAccess.readAll(STDIN_FILENO, name: "standard input") }
        return try FileAccess.read(file)
    }

    /// Translates, writes and reports.
    ///
    /// - Throws: `CommandFailure`: 65 when the file is none of its kind, 1 when something was not translated.
    func deliver(_ translate: () throws(ImportFailure) -> ImportResult) throws(CommandFailure) {
        let result: ImportResult
        do throws(ImportFailure) {
            result = try translate()
        } catch {
            let place = ([file] + [error.line, error.column].compactMap { $0 }.map(String.init)).joined(
                separator: ":")
            throw CommandFailure(.badData, "\(place): \(error.message)")
        }
        let notes = result.notes + result.dags.flatMap(Self.refusals)
        let paths = try write(result.dags)
        if invocation.output.format == .json {
            try invocation.output.show(json: report(result.dags, paths, notes))
        } else if paths.isEmpty, let dag = result.dags.first {
            try invocation.output.line(dag.json.text(pretty: true))
        } else {
            for path in paths { try invocation.output.line(path) }
        }
        tell(notes, count: result.dags.count)
        if notes.contains(where: { $0.kind == .untranslated }) { throw CommandFailure.silent(.failed) }
    }

    /// What the loader says about a whole file: an importer that writes something wrong must not hide it.
    private static func refusals(_ dag: ImportedDAG) -> [ImportNote] {
        let text = dag.json.text(pretty: true)
        let loaded = DAGLoader().load(bytes: Array(text.utf8), path: "\(dag.id).json", folder: "/")
        return loaded.errors.map { error in
            ImportNote(
                kind: .untranslated, dagID: dag.id, key: error.pointer, message: error.message,
                advice: "correct the written file; `orchestrator validate` shows the place")
        }
            + loaded.warnings.map { warning in
                ImportNote(kind: .different, dagID: dag.id, key: warning.pointer, message: warning.message)
            }
    }

    private func write(_ dags: [ImportedDAG]) throws(CommandFailure) -> [String] {
        guard let target = options.outputDir else {
            guard dags.count == 1 || invocation.output.format == .json else {
                throw CommandFailure(
                    .wrongUsage, "\(dags.count) DAGs do not fit into one file",
                    hint: "name a folder with --output-dir")
            }
            return []
        }
        let paths = dags.map { "\(target)/\($0.id).json" }
        if !options.overwrite {
            for path in paths where FileAccess.exists(path) {
                throw CommandFailure(
                    .badData, "\(path) exists already; nothing was written",
                    hint: "choose another folder, or give --overwrite")
            }
        }
        try FileAccess.makeFolder(target)
        for (dag, path) in zip(dags, paths) {
            try FileAccess.replace(path, text: dag.json.text(pretty: true) + "\n")
        }
        return paths
    }

    /// One line a note, those that need work first.
    private func tell(_ notes: [ImportNote], count: Int) {
        let output = invocation.output
        for kind in ImportNote.Kind.allCases {
            for note in notes where note.kind == kind {
                let place = file + (note.line.map { ":\($0)" } ?? "")
                let word =
                    kind == .untranslated ? output.messages.styled("not translated:", .yellow) : "note:"
                output.say("\(place.withoutControls): \(word) \(note.description.withoutControls)")
            }
        }
        let missing = notes.filter { $0.kind == .untranslated }.count
        output.say(
            "\(count) DAG\(count == 1 ? "" : "s"), \(missing) thing\(missing == 1 ? "" : "s") not translated")
    }

    private func report(_ dags: [ImportedDAG], _ paths: [String], _ notes: [ImportNote]) -> JSONValue {
        let rows = dags.enumerated().map { place, dag -> JSONValue in
            var row: JSONObject = ["dag_id": .string(dag.id)]
            if paths.isEmpty { row["dag"] = .object(dag.json) } else { row["path"] = .string(paths[place]) }
            return .object(row)
        }
        return ["dags": .array(rows), "notes": .array(notes.map(\.report))]
    }
}

extension ImportNote {
    fileprivate var report: JSONValue {
        [
            "kind": .string(kind.rawValue), "dag_id": dagID.map(JSONValue.string) ?? .null,
            "task_id": taskID.map(JSONValue.string) ?? .null, "key": .string(key),
            "line": line.map { .integer(Int64($0)) } ?? .null, "message": .string(message),
            "advice": .string(advice),
        ]
    }
}
