import ArgumentParser
import JSONText

/// `runs diff`
struct RunsDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What differs between two runs of a DAG.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Argument(help: ArgumentHelp("A run's id, or `latest`.", valueName: "run"))
    var first: String

    @Argument(help: ArgumentHelp("A run's id, or `latest`.", valueName: "run"))
    var second: String

    func run() async throws {
        let invocation = try Invocation(global)
        let (left, right, changes) = try await invocation.withAPI(.records) { client in
            let left = try await client.material(client.address(RunArguments(dag: dag, run: first)))
            let right = try await client.material(client.address(RunArguments(dag: dag, run: second)))
            return (left, right, try await client.changes(of: dag, left["dag_version"], right["dag_version"]))
        }
        let columns: [Column] = [
            .text("WHAT", "what"), .text(first, "first"), .text(second, "second"),
        ]
        let output = invocation.output
        let rows = RunDifference(left, right, changes: changes).rows
        try output.show(rows, columns: columns, empty: "the runs do not differ")
        guard output.format != .json, !changes.isEmpty else { return }
        try output.line("")
        for line in changes {
            let style: TextStyle? =
                switch line.first {
                case "-": .red
                case "+": .green
                case "@": .cyan
                default: nil
                }
            let text = line.withoutControls
            try output.line(style.map { output.results.styled(text, $0) } ?? text)
        }
    }
}

extension APIClient {
    /// A run with all that two runs can differ in: beside its details the artifacts that its tasks left and what they
    /// declared to read.
    fileprivate func material(_ address: RunAddress) async throws -> JSONObject {
        var run = try await details(address)
        let place: [(String, String?)] = [("dag_id", address.dag), ("run_id", address.run)]
        run["artifacts"] = .array(
            try await rows(ArtifactsCommand.parts, query: place + [("limit", "1000")]).map(JSONValue.object))
        run["inputs"] = .array(try await rows(["api", "v1", "inputs"], query: place).map(JSONValue.object))
        return run
    }

    /// The lines by which two versions of a DAG file differ; none when both are the same.
    fileprivate func changes(
        of dag: String, _ first: JSONValue?, _ second: JSONValue?
    ) async throws -> [String] {
        guard let first = first?.stringValue, let second = second?.stringValue, first != second else {
            return []
        }
        var texts: [String] = []
        for version in [first, second] {
            let source = try await object(
                ["api", "v1", "dags", dag, "source"], query: [("version", version)])
            texts.append(source["content"]?.stringValue ?? "")
        }
        return LineDiff(texts[0], texts[1]).lines
    }
}

extension RunArguments {
    init(dag: String, run: String) {
        self.init()
        self.dag = dag
        self.run = run
    }
}

/// Compares two runs' objects: code (the version), state, duration, parameters, contents of artifacts and inputs, and
/// of each task state, tries and metrics.
struct RunDifference {
    private(set) var rows: [JSONObject] = []

    /// - Parameter changes: the lines by which the DAG files differ.
    init(_ left: JSONObject, _ right: JSONObject, changes: [String] = []) {
        compare("dag_version", left["dag_version"], right["dag_version"])
        if !changes.isEmpty, !rows.isEmpty { rows[0]["changes"] = .array(changes.map(JSONValue.string)) }
        for key in ["state", "duration"] { compare(key, left[key], right[key]) }
        compareMembers("conf", left["conf"]?.objectValue, right["conf"]?.objectValue)
        compareMembers(
            "artifact", Self.hashes(left["artifacts"], "name"), Self.hashes(right["artifacts"], "name"))
        compareMembers("input", Self.hashes(left["inputs"], "name"), Self.hashes(right["inputs"], "name"))
        let leftTasks = Self.tasks(of: left)
        let rightTasks = Self.tasks(of: right)
        for (name, task) in leftTasks { compareTask(name, task, rightTasks[name]?.objectValue) }
        for (name, task) in rightTasks where leftTasks[name] == nil {
            compareTask(name, nil, task.objectValue)
        }
    }

    private static func tasks(of run: JSONObject) -> JSONObject {
        JSONObject(run.instances.map { (InstanceName($0).text, .object($0)) })
    }

    private mutating func compareTask(_ name: String, _ left: JSONValue?, _ right: JSONObject?) {
        for key in ["state", "try_number"] { compare("\(name) \(key)", left?[key], right?[key]) }
        compareMembers("\(name)", Self.metrics(left?.objectValue), Self.metrics(right))
    }

    /// The contents of data by task and name.
    private static func hashes(_ rows: JSONValue?, _ name: String) -> JSONObject {
        JSONObject(
            (rows?.arrayValue ?? []).compactMap { row in
                guard let instance = row.objectValue, let hash = row["sha256"]?.stringValue else {
                    return nil
                }
                return ("\(InstanceName(instance).text) \((row[name] ?? .null).displayText)", .string(hash))
            })
    }

    private static func metrics(_ instance: JSONObject?) -> JSONObject {
        JSONObject(
            (instance?["metrics"]?.arrayValue ?? []).compactMap { metric in
                metric["name"]?.stringValue.map { ($0, metric["value"] ?? .null) }
            })
    }

    private mutating func compareMembers(_ name: String, _ left: JSONObject?, _ right: JSONObject?) {
        let left = left ?? JSONObject()
        let right = right ?? JSONObject()
        for key in left.keys + right.keys.filter({ left[$0] == nil }) {
            compare("\(name) \(key)", left[key], right[key])
        }
    }

    private mutating func compare(_ what: String, _ left: JSONValue?, _ right: JSONValue?) {
        guard (left ?? .null) != (right ?? .null) else { return }
        rows.append(["what": .string(what), "first": left ?? .null, "second": right ?? .null])
    }
}
