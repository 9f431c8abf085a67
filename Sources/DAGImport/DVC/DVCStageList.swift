/// The stages of a dvc.yaml: templates filled in, `foreach` and `matrix` written out.
struct DVCStageList {
    private let readFile: (String) -> String?
    private var context = DVCContext()
    private(set) var stages: [DVCStage] = []
    private(set) var notes: NoteList

    init(_ root: YAMLValue, notes: NoteList, readFile: @escaping (String) -> String?) {
        self.readFile = readFile
        self.notes = notes
        if let parameters = readFile("params.yaml") { load(parameters, "params.yaml", keys: nil, line: 1) }
        context = with(context, root["vars"], folder: "")
        for (name, definition) in root["stages"]?.members ?? [] { add(name, definition) }
    }

    // MARK: Values

    /// The context with what a `vars` list adds: maps, and files with or without the keys wanted of them.
    private mutating func with(_ context: DVCContext, _ vars: YAMLValue?, folder: String) -> DVCContext {
        let before = self.context
        defer { self.context = before }
        self.context = context
        for element in vars?.elements ?? [] {
            if let members = element.members { self.context.merge(members) }
            guard let text = element.text else { continue }
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            let path = DVCStage.tidied(parts[0], below: folder)
            let keys = parts.count > 1 ? parts[1].split(separator: ",").map { String($0).trimmed } : nil
            if path == "params.yaml", keys == nil { continue }
            guard let content = readFile(path) else {
                notes.untranslated("vars", line: element.line, "there is no file \(path) beside the dvc.yaml")
                continue
            }
            load(content, path, keys: keys, line: element.line)
        }
        return self.context
    }

    private mutating func load(_ text: String, _ path: String, keys: [String]?, line: Int) {
        guard [".yaml", ".yml", ".json"].contains(where: { path.hasSuffix($0) }) else {
            return notes.untranslated(
                "vars", line: line, "\(path): only YAML and JSON files are read", advice: "write it as YAML")
        }
        do throws(ImportFailure) {
            let members = try YAMLValue.parse(text).members ?? []
            context.merge(members.filter { keys?.contains($0.key) ?? true })
        } catch {
            notes.untranslated("vars", line: line, "\(path): \(error)")
        }
    }

    // MARK: Stages

    private mutating func add(_ name: String, _ definition: YAMLValue) {
        if let foreach = definition["foreach"], let body = definition["do"] {
            addEach(name, foreach, body)
        } else if let matrix = definition["matrix"] {
            let others = (definition.members ?? []).filter { $0.key != "matrix" }
            addMatrix(name, matrix, YAMLValue(.map(others), line: definition.line))
        } else {
            make(name, definition, context)
        }
    }

    private mutating func make(_ name: String, _ definition: YAMLValue, _ context: DVCContext) {
        let folder = definition["wdir"]?.text ?? ""
        let context = definition["vars"] == nil ? context : with(context, definition["vars"], folder: folder)
        do throws(DVCContext.Unresolved) {
            stages.append(try DVCStage(name, definition, context: context))
        } catch {
            notes.untranslated(
                "stages", task: Self.id(name), line: definition.line,
                "\(error.message); the stage is left out",
                advice: "`dvc repro \(name)` does not work either until that is mended")
        }
    }

    private mutating func resolved(_ value: YAMLValue, _ name: String) -> YAMLValue? {
        do throws(DVCContext.Unresolved) {
            return try context.resolve(value)
        } catch {
            notes.untranslated("stages", task: Self.id(name), line: value.line, error.message)
            return nil
        }
    }

    private mutating func addEach(_ name: String, _ foreach: YAMLValue, _ body: YAMLValue) {
        guard let values = resolved(foreach, name) else { return }
        if let members = values.members {
            for (key, value) in members {
                make("\(name)@\(key)", body, inserting(value, key: YAMLValue(.text(key), line: foreach.line)))
            }
            return
        }
        let elements = values.elements ?? []
        let hasComposite = elements.contains(where: \.isComposite)
        for (index, value) in elements.enumerated() {
            let key = hasComposite ? "\(index)" : value.inserted ?? ""
            make("\(name)@\(key)", body, inserting(value, key: nil))
        }
    }

    private func inserting(_ item: YAMLValue, key: YAMLValue?) -> DVCContext {
        var inner = context
        inner.set("item", item)
        if let key { inner.set("key", key) }
        return inner
    }

    /// Every combination; the last axis changes fastest.
    private mutating func addMatrix(_ name: String, _ matrix: YAMLValue, _ body: YAMLValue) {
        guard let axes = resolved(matrix, name)?.members else { return }
        var combinations: [[(key: String, value: YAMLValue, label: String)]] = [[]]
        for axis in axes {
            let values = axis.value.elements ?? []
            combinations = combinations.flatMap { combination in
                values.enumerated().map { index, value in
                    combination + [(axis.key, value, value.inserted ?? "\(axis.key)\(index)")]
                }
            }
            guard combinations.count <= 100_000 else {
                return notes.untranslated(
                    "matrix", task: Self.id(name), line: matrix.line, "more than 100,000 combinations")
            }
        }
        for combination in combinations {
            let label = combination.map(\.label).joined(separator: "-")
            let item = YAMLValue(.map(combination.map { ($0.key, $0.value) }), line: matrix.line)
            make("\(name)@\(label)", body, inserting(item, key: YAMLValue(.text(label), line: matrix.line)))
        }
    }

    /// DVC's `stage@value` is no id here.
    static func id(_ name: String) -> String { Names.cleaned(name.replacing("@", with: ".")) }
}
