import DAGLoading
import JSONText
import Testing

@testable import DAGImport

@Suite struct DVCImportTests {
    private func read(_ text: String, files: [String: String] = [:], folder: String? = nil) throws
        -> ImportResult
    {
        var pipeline = DVCImport(dagID: "pipeline", folder: folder, vocabulary: .loader) { files[$0] }
        let result = try pipeline.read(text)
        for dag in result.dags { #expect(load(dag.json).errors.isEmpty, "\(load(dag.json).errors)") }
        return result
    }

    /// The names, commands, folders and edges that DVC itself computes (`make import-fixtures`).
    @Test func agreesWithDVC() throws {
        let files = [
            "params.yaml": try Fixtures.text("dvc/params.yaml"),
            "settings.json": try Fixtures.text("dvc/settings.json"),
        ]
        let result = try read(try Fixtures.text("dvc/dvc.yaml"), files: files)
        let dag = try #require(result.dags.first)
        let resolved = try JSONValue.parse(try Fixtures.text("dvc/resolved.json"))
        let stages = try #require(resolved.objectValue)
        #expect(Set(dag.taskIDs) == Set(stages.keys.map { $0.replacing("@", with: ".") }))
        for (name, stage) in stages {
            let task = try #require(dag.task(name.replacing("@", with: ".")))
            let after = stage["after"]?.arrayValue?.compactMap(\.stringValue).map {
                $0.replacing("@", with: ".")
            }
            #expect(task["depends_on"]?.arrayValue?.compactMap(\.stringValue).sorted() ?? [] == after)
            #expect(task["cwd"]?.stringValue ?? "." == stage["wdir"]?.stringValue)
            #expect((task["type"] == "noop") == (stage["frozen"] == true))
            if let command = stage["cmd"]?.stringValue, stage["frozen"] == false {
                #expect(task["command"]?.stringValue == command)
            }
            for command in stage["cmd"]?.arrayValue ?? [] {
                #expect(
                    task["command"]?.stringValue?.contains("(\n\(command.stringValue ?? "")\n) || exit")
                        == true)
            }
        }
    }

    @Test func theFolderOfThePipelineIsTheWorkingDirectory() throws {
        let text = "stages: {a: {cmd: ls}, b: {cmd: ls, wdir: sub/../work}}"
        let dag = try #require(try read(text, folder: "/srv/project").dags.first)
        #expect(dag.json["default_args"] == ["cwd": "/srv/project"])
        #expect(dag.task("a")?["cwd"] == nil)
        #expect(dag.task("b")?["cwd"] == "/srv/project/work")
    }

    @Test func pathsThatContainEachOtherMakeEdges() throws {
        let text = """
            stages:
              make: {cmd: a, outs: [data/all, {"model.pkl": {cache: false}}], plots: [curve.csv]}
              inside: {cmd: b, deps: [./data/all/part.csv]}
              around: {cmd: c, deps: [data]}
              exact: {cmd: d, deps: [x/../model.pkl], wdir: .}
              plot: {cmd: e, deps: [curve.csv]}
              other: {cmd: f, deps: [data/all2]}
              tuned: {cmd: g, params: [{curve.csv: [a]}]}
            """
        let dag = try #require(try read(text).dags.first)
        for id in ["inside", "around", "exact", "plot", "tuned"] {
            #expect(dag.task(id)?["depends_on"] == ["make"], "\(id)")
        }
        #expect(dag.task("other")?["depends_on"] == nil)
    }

    @Test func valuesOfAllKinds() throws {
        let text = #"""
            vars: [{a: {b: [x, y]}, yes: yes, no: False, n: 1e-3, empty: null, text: "it's"}]
            stages:
              one: {cmd: "${a.b[1]} ${yes} ${no} ${n} ${empty} \\${HOME} ${a}"}
            """#
        #expect(
            try read(text).dags.first?.task("one")?["command"]
                == "y yes false 0.001 None ${HOME} --b x y")
    }

    @Test func whatCannotBeTranslatedIsListed() throws {
        let text = """
            stages:
              lost: {cmd: "echo ${missing}"}
              kept: {cmd: echo, metrics: [scores.yaml], colour: red}
            artifacts: {model: {path: m.pkl}}
            vars: [nowhere.yaml, code.py]
            """
        let result = try read(text, files: ["code.py": "x = 1"])
        #expect(result.dags.first?.taskIDs == ["kept"])
        let listed = result.notes.filter { $0.kind == .untranslated }.map { "\($0.line ?? 0) \($0.key)" }
        #expect(listed == ["5 vars", "5 vars", "2 stages", "3 metrics", "3 colour", "4 artifacts"])
    }

    @Test(
        arguments: [
            "", "- a", "stages: {}", "stages: [", "stages: {a: {cmd: x}, a: {cmd: y}}",
            "stages: {a: {deps: [x]}}",
        ])
    func otherFilesAreRefused(_ text: String) {
        #expect(throws: ImportFailure.self) { try read(text) }
    }

    /// A small file that would fill the memory if its aliases were written out.
    @Test func aliasesCannotExplode() {
        let levels = (1...9).map { level in
            "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]"
        }
        let text = "a0: &a0 x\n" + levels.joined(separator: "\n") + "\nstages: {a: {cmd: x}}"
        #expect(throws: ImportFailure.self) { try read(text) }
    }
}
