import DAGDomain
import JSONText
import Testing

@testable import DAGLoading

/// The editor's schema and the loader say the same about everything that has to do with shape.
@Suite struct SchemaTests {
    private let schema = SchemaEvaluator(DAGSchema.json)

    /// What only the loader can see: the meaning of texts, references between tasks, and numbers out of any
    /// range.
    private static let beyondShape: Set<String> = [
        "an artifact of a task that is not upstream", "an artifact that nobody declares",
        "an artifact of no task",
        "two inputs of a name", "an input that lies elsewhere", "a template in an input",
        "a share beyond all", "the champion of no model", "a model as what is looked at",
        "a table of a task that is not upstream",
        "a clause twice", "a wrong expression in a clause", "once in a clause", "a template in a clause",
        "cron", "zone", "zone that only looks like one", "dates", "end before start", "catchup",
        "backoff", "unknown task", "self edge", "listed twice", "duplicate id", "circle",
        "circle beside a tail",
        "id against key", "artifacts", "calendar without a day", "continuous with many runs",
        "once among others", "concurrency key", "half a concurrency key", "run types", "sources",
        "waiting twice", "templates in values",
        "one variable", "an unknown value", "awaited instant", "pattern in a folder", "states that are both",
        "a URL of another scheme", "a URL that is only a scheme", "a status range backwards",
        "a GET with a body",
        "one header twice", "templates in a request", "templates in a query", "parameters of a query",
        "a list of parameters", "rows of a sensor", "templates in a container",
        "templates in a notice", "a template in a notice's shell", "a webhook of another scheme",
        "a webhook in the clear", "a mail address", "a subject of two lines",
        "a notice of a run about a task",
        "an average of nothing", "a start after itself", "a run that is no task", "ids of groups",
        "edges of groups", "circle through groups", "outputs of groups", "mapped group",
        "an id that is too long", "condition", "place behind escapes", "condition on what is not upstream",
        "a check of an artifact that is not declared", "a check of an unknown format",
        "two checks of one name",
        "a check with a place of an unknown param", "ranges in which nothing lies", "shares that are none",
        "a template in an asset", "a template in a watched path", "a wrong time beside assets",
        "a type of runs that is not allowed", "a param without a default", "an outlet twice",
        "an asset twice", "an alias twice", "aliases of a task", "unknown names in a URI",
        "an output of no upstream in a URI", "a template where nothing runs",
        "a key of the other rule", "files that leave the folder", "a cache of what is no result",
        "a cache of nothing",
    ]

    /// Not JSON at all, or JSON that a schema never sees as it is.
    private static let beyondJSON: Set<String> = ["duplicate key"]

    @Test(arguments: BadFile.all)
    func refusesWhatTheLoaderRefuses(_ file: BadFile) throws {
        guard !Self.beyondJSON.contains(file.title), let value = try? JSONValue.parse(file.text) else {
            return
        }
        #expect(try schema.accepts(value) == Self.beyondShape.contains(file.title))
    }

    @Test func describesEveryKey() throws {
        for name in KeyTable.Name.allCases {
            let object = name == .dag ? DAGSchema.json : DAGSchema.json["$defs"]?[name.rawValue]?.objectValue
            for key in name.table.keys {
                for word in key.words {
                    let text = object?["properties"]?[word]?["description"]?.stringValue
                    #expect(text?.isEmpty == false, "\(name) \(word)")
                }
            }
        }
    }

    /// One file that uses every kind of value; each mutation changes its shape in one or two places.
    private static let seed = """
        {"dag_id": "d", "description": "x", "tags": ["a"], "schedule": ["0 6 * * *"], "timezone": "UTC",
         "catchup": {"window": 60}, "max_active_runs": 2, "dagrun_timeout": "5m",
         "params": {"n": {"type": "integer", "minimum": 0, "default": 1}, "s": "x"},
         "env": {"A": "x", "B": 1},
         "default_args": {"retries": 1, "retry_delay": 5},
         "tasks": [
          {"task_id": "a", "command": ["x", "y"], "retries": 0, "outputs": ["o"],
           "artifacts": ["f", {"path": "g"}],
           "gate": [{"metric": "m", "min": 0.5, "severity": "warn"}], "on_gate_failure": "fail", "depends_on_past": false,
           "checks": [{"artifact": "f", "format": "csv", "rules": [{"min_rows": 1, "column": "c", "unique": true}]}]},
          {"id": "b", "type": "noop", "needs": ["a"], "trigger_rule": "all_done",
           "retry": {"limit": 2, "delay": "1s"}},
          {"id": "c", "type": "trigger_dag", "trigger_dag_id": "e", "conf": {"k": [1]}, "upstream": "b"},
          {"id": "f", "command": "x", "needs": [{"task": "a", "on": "done"}], "when": "true", "teardown": true,
           "expand": {"n": [1, 2], "m": {"task": "a", "output": "o"}}, "max_parallel": 2},
          {"id": "g", "command": "x", "setup": true, "matrix": {"n": [1], "include": [{"n": 2}]}},
          {"id": "h", "type": "sensor", "external": {"dag_id": "e", "offset": null}, "timeout": 5},
          {"id": "i", "type": "approval", "subject": "s", "default": "reject"}],
         "task_groups": [{"group_id": "j", "depends_on": "a", "expand_kwargs": [{"n": 1}],
          "tasks": {"k": {"type": "sensor", "delay": 5}}}]}
        """

    /// Structure: any mutation that the loader accepts, the schema accepts; any that the loader's check of
    /// shapes refuses, the schema refuses; any that the schema refuses, the loader refuses.
    @Test func agreesOnRandomMutations() throws {
        let seed = try JSONValue.parse(Self.seed)
        var mutation = Mutation(generator: SplitMix64(state: 11), words: Self.words)
        var counts = (accepted: 0, refused: 0)
        for _ in 0..<4_000 {
            var value = mutation.mutate(seed)
            if Int.random(in: 0..<4, using: &mutation.generator) == 0 { value = mutation.mutate(value) }
            let text = value.text()
            let problems = errors(text)
            let isAccepted = try schema.accepts(value)
            if isAccepted { counts.accepted += 1 } else { counts.refused += 1 }
            #expect(isAccepted || !problems.isEmpty, "only the schema refuses \(text)")
            #expect(
                !isAccepted || shapeProblems(text).isEmpty,
                "only the loader refuses \(text): \(shapeProblems(text))")
        }
        #expect(counts.accepted > 200)
        #expect(counts.refused > 200)
    }

    /// What the loader's check of shapes says, without the texts of durations, whose grammar no schema knows.
    private func shapeProblems(_ text: String) -> [String] {
        guard let document = try? JSONDocument.parse(bytes: Array(text.utf8)) else { return [] }
        var check = ShapeCheck(diagnostics: DiagnosticList())
        check.check(document.root, .object(.dag), .whole("a DAG file"))
        return check.diagnostics.errors(in: document, Array(text.utf8)).map(\.description).filter {
            !$0.contains("duration")
        }
    }

    static let words =
        KeyTable.Name.allCases.flatMap { $0.table.keys.flatMap(\.words) } + ["x-own", "nonsense"]
}

/// Changes one place of a value: removes, replaces, renames or adds.
struct Mutation {
    var generator: SplitMix64
    let words: [String]

    private static let replacements: [JSONValue] = [
        nil, true, false, 0, -1, 7, 1_000_000_000_000, "", "a", "5m", "all_done", "noop", "fail", [], ["a"],
        [1], [[]],
        [:], ["a": 1], ["metric": "m"], ["default": 1], ["type": "integer"], ["every": 60], ["path": "p"],
        ["window": "1h"], ["limit": 1], ["task": "a"], ["task": "a", "output": "o"], "sensor", "branch",
        ["uri": "s3://a"], ["any": ["a", ["all": ["b"]]]], ["assets": ["a"]],
    ]

    mutating func mutate(_ value: JSONValue) -> JSONValue {
        let isLeaf = value.isScalar || Int.random(in: 0..<6, using: &generator) == 0
        switch value {
        case .array(var elements) where !isLeaf && !elements.isEmpty:
            let place = Int.random(in: 0..<elements.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: elements.remove(at: place)
            case 1: elements.append(replacement())
            default: elements[place] = mutate(elements[place])
            }
            return .array(elements)
        case .object(var object) where !isLeaf && !object.isEmpty:
            let (key, old) = object[Int.random(in: 0..<object.count, using: &generator)]
            let word = words[Int.random(in: 0..<words.count, using: &generator)]
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: object[key] = nil
            case 1: object[word] = replacement()
            case 2:
                object[key] = nil
                object[word] = old
            default: object[key] = mutate(old)
            }
            return .object(object)
        case .string where Bool.random(using: &generator): return "a"
        case .integer where Bool.random(using: &generator):
            return .integer(Int64.random(in: 0...9, using: &generator))
        default: return replacement()
        }
    }

    private mutating func replacement() -> JSONValue {
        Self.replacements[Int.random(in: 0..<Self.replacements.count, using: &generator)]
    }
}
