import ArgumentParser
import JSONText

/// `status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon and what it has to do.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let output = invocation.output
        let isDaemon = try invocation.remoteClient() != nil
        let status = try await invocation.withAPI(.records) { try await $0.object(["api", "v1", "status"]) }
        if output.format == .json { return try output.show(json: .object(status)) }
        if !isDaemon {
            output.say("no daemon runs on \(invocation.configuration.home); these are its records")
        }
        try output.show(summary(of: status).withoutEmpty)
    }

    /// Counts in a line instead of lists of objects.
    private func summary(of status: JSONObject) -> JSONObject {
        var summary = status.without([
            "pools", "health", "dags", "watchdog", "notices", "tracking", "retention",
        ])
        for key in ["runs", "task_instances"] {
            let counts = status[key]?.arrayValue ?? []
            let words = counts.filter { $0["count"]?.intValue != 0 }.map { count in
                "\(count["count"]?.intValue ?? 0) \(count["state"]?.stringValue ?? "")"
            }
            summary[key] = .string(words.joined(separator: ", "))
        }
        for (key, value) in status["dags"]?.objectValue ?? JSONObject() { summary["dags_" + key] = value }
        for (key, value) in status["notices"]?.objectValue ?? JSONObject() where value != 0 {
            summary["notices_" + key] = value
        }
        if let words = TrackingWords(status["tracking"]) { summary["mlflow"] = .string(words.line) }
        let health = status["health"]
        let reason = health?["reason"]?.stringValue.map { ": " + $0 } ?? ""
        summary["health"] = .string((health?["status"]?.stringValue ?? "") + reason)
        summary["watchdog"] =
            (status["watchdog"].map { WatchdogWords($0) }?.line).map(JSONValue.string) ?? .null
        summary["retention"] = RetentionWords(status["retention"]).map { .string($0.line) } ?? .null
        return summary
    }
}
