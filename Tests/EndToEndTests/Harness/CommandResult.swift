import JSONText

/// What one call of the program did.
struct CommandResult {
    let ending: ChildProcess.Ending
    let output: String
    let errors: String

    /// The exit code; -1 when a signal ended it.
    var status: Int32 {
        if case .exited(let code) = ending { code } else { -1 }
    }

    /// Standard output, which must be JSON alone.
    func json() throws -> JSONValue {
        do {
            return try JSONValue.parse(output)
        } catch {
            throw HarnessError("not JSON (\(error)): \(output)\(errors)")
        }
    }

    var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }
}

/// A run as `run --output json`, `runs show --output json` and the API tell it.
struct RunView {
    let json: JSONValue

    var dagID: String { json["dag_id"]?.stringValue ?? "" }
    var runID: String { json["run_id"]?.stringValue ?? "" }
    var state: String { json["state"]?.stringValue ?? "" }
    var isFinished: Bool { ["success", "failed", "cancelled"].contains(state) }
    var instances: [JSONValue] { json["task_instances"]?.arrayValue ?? [] }

    func instance(_ task: String) -> JSONValue? {
        instances.first { $0["task_id"]?.stringValue == task }
    }

    func state(_ task: String) -> String { instance(task)?["state"]?.stringValue ?? "absent" }
    func tries(_ task: String) -> Int { instance(task)?["try_number"]?.intValue.map { Int($0) } ?? -1 }

    /// Task states by id.
    var states: [String: String] {
        Dictionary(
            uniqueKeysWithValues: instances.compactMap { instance in
                instance["task_id"]?.stringValue.map { ($0, instance["state"]?.stringValue ?? "") }
            })
    }
}
