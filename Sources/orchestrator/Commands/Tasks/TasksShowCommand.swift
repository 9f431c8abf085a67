import ArgumentParser
import JSONText

/// `tasks show`
struct TasksShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A task instance with its tries, outputs, metrics and artifacts.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: TaskArguments

    func run() async throws {
        let invocation = try Invocation(global)
        let details = try await place.details(invocation)
        let output = invocation.output
        guard output.format == .table else { return try output.show(details) }
        let instance = details["task_instance"]?.objectValue ?? JSONObject()
        try output.show(instance.withoutEmpty, leavingOut: ["metrics", "gate"])
        try showList("TRIES", details["tries"], Self.tryColumns, output)
        try showList(
            "METRICS", instance["metrics"], [.text("METRIC", "name"), .text("VALUE", "value")], output)
        for line in GateText.lines(of: instance) { try output.line("  " + line) }
        try showList("ARTIFACTS", details["artifacts"], Self.artifactColumns, output)
        if let outputs = details["outputs"]?.objectValue, !outputs.isEmpty {
            try output.line("\n" + output.results.styled("OUTPUTS", .bold))
            try output.show(outputs)
        }
        if let why = details["explanation"]?.stringValue { try output.line("\n" + why) }
    }

    private func showList(
        _ title: String, _ value: JSONValue?, _ columns: [Column], _ output: Output
    ) throws(CommandFailure) {
        let rows = value?.arrayValue?.compactMap(\.objectValue) ?? []
        guard !rows.isEmpty else { return }
        try output.line("\n" + output.results.styled(title, .bold))
        try output.show(rows, columns: columns, empty: "")
    }

    private static let tryColumns: [Column] = [
        .text("TRY", "try_number"), .state(), .instant("STARTED", "start_date"), .duration(),
        .text("EXIT", "exit_code"), .text("SIGNAL", "signal"), .text("REASON", "reason"),
    ]

    private static let artifactColumns: [Column] = [
        .text("NAME", "name"), .text("BYTES", "size_bytes"), .text("SHA-256", "sha256"),
        .text("FILE", "path"),
    ]
}

extension TaskArguments {
    /// The API's object of this task instance.
    func details(_ invocation: Invocation) async throws -> JSONObject {
        try await invocation.withAPI(.records) { client in
            let address = try await client.address(place)
            return try await client.object(
                address.task(task), query: [("map_index", mapIndex.map { "\($0)" })])
        }
    }
}
