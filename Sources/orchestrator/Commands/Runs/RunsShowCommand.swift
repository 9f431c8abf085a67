import ArgumentParser
import JSONText

/// `runs show`
struct RunsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A run with its task instances.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    func run() async throws {
        let invocation = try Invocation(global)
        let run = try await invocation.withAPI(.records) { client in
            try await client.details(client.address(place))
        }
        try invocation.output.showRun(run)
    }
}

extension Output {
    /// A run: as JSON the object of `run --output json`; else its facts and a table of its task instances.
    func showRun(_ run: JSONObject) throws(CommandFailure) {
        switch format {
        case .json: try show(json: .object(run))
        case .plain: try show(run.instances, columns: TasksListCommand.instanceColumns, empty: "")
        case .table:
            try show(
                run.withoutEmpty,
                leavingOut: ["task_instances", "dag_version", "deadlines", "past_versions", "causes"])
            for cause in run["causes"]?.arrayValue ?? [] {
                try line("started by: " + (cause["sentence"]?.stringValue ?? "").withoutControls)
            }
            for deadline in run["deadlines"]?.arrayValue ?? [] where deadline["outcome"] == "missed" {
                try line("deadline missed: " + (deadline["text"]?.stringValue ?? "").withoutControls)
            }
            try line("")
            try show(run.instances, columns: TasksListCommand.instanceColumns, empty: "no tasks")
            for text in run.pastVersions { try line(text) }
        }
    }
}

extension JSONObject {
    /// The task instances of a run's object.
    var instances: [JSONObject] { self["task_instances"]?.arrayValue?.compactMap(\.objectValue) ?? [] }

    /// A line for each version that a run had before.
    fileprivate var pastVersions: [String] {
        (self["past_versions"]?.arrayValue ?? []).map { past in
            let gone = (past["removed"]?.arrayValue?.compactMap(\.objectValue) ?? []).map {
                "\(InstanceName($0).text) (\($0["state"]?.stringValue ?? ""))"
            }
            let tasks = gone.isEmpty ? "" : "; tasks that are gone: " + gone.joined(separator: ", ")
            return "until \(past["until"]?.stringValue ?? "") on version "
                + "\(past["version_number"]?.intValue ?? 0)\(tasks)"
        }
    }
}
