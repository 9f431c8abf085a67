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
        let (left, right) = try await invocation.withAPI(.records) { client in
            let left = try await client.material(client.address(RunArguments(dag: dag, run: first)))
            return (left, try await client.material(client.address(RunArguments(dag: dag, run: second))))
        }
        let columns: [Column] = [
            .text("WHAT", "what"), .text(first, "first"), .text(second, "second"),
        ]
        try invocation.output.show(
            RunDifference(left, right).rows, columns: columns, empty: "the runs do not differ")
    }
}

extension APIClient {
    /// A run with all that two runs can differ in: beside its details the lines of its DAG file, the artifacts that its
    /// tasks left and what they declared to read.
    fileprivate func material(_ address: RunAddress) async throws -> JSONObject {
        var run = try await details(address)
        let place: [(String, String?)] = [("dag_id", address.dag), ("run_id", address.run)]
        run["artifacts"] = .array(
            try await rows(ArtifactsCommand.parts, query: place + [("limit", "1000")]).map(JSONValue.object))
        run["inputs"] = .array(try await rows(["api", "v1", "inputs"], query: place).map(JSONValue.object))
        return run
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

    init(_ left: JSONObject, _ right: JSONObject) {
        for key in ["dag_version", "state", "duration"] { compare(key, left[key], right[key]) }
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
