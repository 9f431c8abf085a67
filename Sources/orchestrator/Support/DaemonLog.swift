import DAGDomain
import Glibc
import Logging
import SchedulerService

/// The log of the daemon: one line for each event on standard error, where service managers collect it. That
/// nobody reads it is no reason to stop.
struct DaemonLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(logLevel: Logger.Level) {
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        // The server framework tells of its own start and end, as errors too; ours are told by `start`.
        if event.source.hasPrefix("Hummingbird"), event.level < .critical { return }
        let details = metadata.merging(event.metadata ?? [:]) { _, own in own }.sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }.joined()
        let line =
            "\(WallClock.now().rfc3339) \(event.level) \(event.message)\(details)".withoutControls + "\n"
        try? Terminal(descriptor: STDERR_FILENO, wantsColour: false, environment: [:]).write(line)
    }
}
