import JSONText

/// `import dvc`: the stages of a dvc.yaml become the tasks of one DAG.
package struct DVCImport {
    private let dagID: String
    private let folder: String?
    private let vocabulary: Vocabulary
    private let readFile: (String) -> String?
    private var notes = NoteList()

    /// - Parameters:
    ///   - dagID: what the DAG is called; DVC's pipelines have no name.
    ///   - folder: where the dvc.yaml is, as the tasks' working directory; nil when the DAG file is put beside it.
    ///   - readFile: the text of a file named relative to that folder, nil if there is none.
    package init(
        dagID: String, folder: String?, vocabulary: Vocabulary, readFile: @escaping (String) -> String?
    ) {
        self.dagID = Names.cleaned(dagID)
        self.folder = folder
        self.vocabulary = vocabulary
        self.readFile = readFile
        notes.dagID = self.dagID
    }

    /// - Throws: `ImportFailure` when the text is no dvc.yaml with stages.
    package mutating func read(_ text: String) throws(ImportFailure) -> ImportResult {
        let root = try YAMLValue.parse(text)
        guard root.members != nil else { throw ImportFailure("a dvc.yaml is a map with \"stages\"") }
        guard root["stages"]?.members?.isEmpty == false else {
            throw ImportFailure("there are no \"stages\" in it")
        }
        let list = DVCStageList(root, notes: NoteList(dagID: dagID), readFile: readFile)
        notes.append(contentsOf: list.notes)
        guard !list.stages.isEmpty else {
            throw ImportFailure(list.notes.notes.first?.message ?? "no stage could be read")
        }
        var json: JSONObject = ["dag_id": .string(dagID), "schedule": .null]
        if let folder { json["default_args"] = ["cwd": .string(folder)] }
        json["tasks"] = .array(tasks(list.stages).map(JSONValue.object))
        json["x-import"] = ["from": "dvc.yaml"]
        reportSections(root)
        addGeneralNotes(list.stages)
        return ImportResult(dags: [ImportedDAG(id: dagID, json: json)], notes: notes.notes)
    }

    private mutating func tasks(_ stages: [DVCStage]) -> [JSONObject] {
        var names = Names()
        let ids = stages.map { names.newID(for: $0.name.replacing("@", with: ".")) }
        return stages.enumerated().map { place, stage in
            let upstream = stages.indices.filter { $0 != place && stages[$0].makesSomething(for: stage) }
            return task(ids[place], stage, after: upstream.map { ids[$0] })
        }
    }

    private mutating func task(_ id: String, _ stage: DVCStage, after upstream: [String]) -> JSONObject {
        var task: JSONObject = ["task_id": .string(id)]
        if let text = stage.description { task["description"] = .string(text) }
        if !upstream.isEmpty { task["depends_on"] = .array(upstream.map(JSONValue.string)) }
        if stage.isFrozen {
            task["type"] = "noop"
            task["x-import"] = ["frozen": true, "cmd": .array(stage.commands.map(JSONValue.string))]
            notes.different(
                "frozen", task: id, line: stage.line, "DVC does not run it, so it runs nothing here")
        } else {
            task["command"] = ShellText.command(script(stage, id: id))
            let folder = [folder ?? "", stage.folder].filter { !$0.isEmpty }.joined(separator: "/")
            if !stage.folder.isEmpty {
                task["cwd"] = .string(stage.folder.hasPrefix("/") ? stage.folder : folder)
            }
        }
        if let meta = stage.meta { task["x-meta"] = meta.json }
        for (key, line) in stage.unknownKeys {
            notes.untranslated(key, task: id, line: line, "an unknown key")
        }
        return task
    }

    /// Each command in a shell of its own, as with DVC; the next only after success; then the metrics.
    private mutating func script(_ stage: DVCStage, id: String) -> String {
        var metrics: [String] = []
        for path in stage.metrics {
            if path.hasSuffix(".json") {
                metrics.append(path)
            } else {
                notes.untranslated(
                    "metrics", task: id, line: stage.line,
                    "\(path): only JSON files are read after the command",
                    advice: "append NAME=NUMBER lines to \"$ORCHESTRATOR_METRICS\"")
            }
        }
        if stage.commands.count == 1, metrics.isEmpty { return stage.commands[0] }
        var lines = stage.commands.map { "(\n\($0)\n) || exit" }
        for path in metrics {
            lines.append(
                "python3 -c '\(Self.metricsProgram)' \(ShellText.quoted(path)) >> \"$ORCHESTRATOR_METRICS\" || exit"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Prints the numbers of a JSON file as `name=number`, nested names with dots.
    private static let metricsProgram = """
        from json import load
        from sys import argv
        def show(name, value):
            if isinstance(value, dict):
                for key in value: show(name + "." + key if name else key, value[key])
            elif isinstance(value, list):
                for key, item in enumerate(value): show(name + "." + str(key) if name else str(key), item)
            elif isinstance(value, (int, float)):
                print("".join(c if c.isalnum() or c in "_-./:" else "_" for c in name), float(value), sep="=")
        show("", load(open(argv[1])))
        """

    private mutating func reportSections(_ root: YAMLValue) {
        for (key, value) in root.members ?? [] {
            switch key {
            case "stages", "vars": break
            case "artifacts", "datasets":
                for (name, entry) in value.members ?? [] {
                    notes.untranslated(
                        key, line: entry.line, "\(name): \(entry.json.text().prefix(120))",
                        advice: key == "artifacts"
                            ? "let the task that makes it declare it in \"artifacts\"" : "read it in a task")
                }
                for entry in value.elements ?? [] {
                    notes.untranslated(key, line: entry.line, "\(entry.json.text().prefix(120))")
                }
            case "params", "metrics", "plots":
                notes.different(key, line: value.line, "the section says what `dvc \(key) show` prints")
            default: notes.untranslated(key, line: value.line, "an unknown section")
            }
        }
    }

    private mutating func addGeneralNotes(_ stages: [DVCStage]) {
        notes.different(
            "deps", "DVC passes over stages whose dependencies have not changed; here a run runs every task")
        notes.different(
            "outs",
            "DVC removes outputs before a stage and keeps them in its cache; here files stay where the "
                + "commands write them",
            advice:
                "declare what is worth keeping in \"artifacts\"; `dvc pull` brings data tracked by .dvc files"
        )
        let isShell = stages.contains { $0.commands.contains { $0.contains("[[") || $0.contains("source ") } }
        if isShell {
            notes.different(
                "cmd", "DVC uses the shell of the person; here it is /bin/sh",
                advice: "[\"bash\", \"-c\", ...]")
        }
    }
}
