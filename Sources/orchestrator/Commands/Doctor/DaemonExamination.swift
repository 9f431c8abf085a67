import JSONText
import StateStore

/// What `doctor` finds about the daemon.
struct DaemonExamination {
    let invocation: Invocation

    func findings() async -> [Finding] {
        let home = invocation.configuration.home
        do {
            guard let client = try invocation.remoteClient() else {
                if let holder = HomeLock.holder(home: home) {
                    return [
                        Finding(
                            .warn, "daemon",
                            "process \(holder) holds the home but does not answer on api.sock")
                    ]
                }
                return [Finding(.ok, "daemon", "none runs")]
            }
            let status = try await client.object(["api", "v1", "status"])
            let health = status["health"]?["status"]?.stringValue ?? "unknown"
            let reason = status["health"]?["reason"]?.stringValue.map { ": " + $0 } ?? ""
            let pid = status["pid"]?.intValue.map { " (process \($0))" } ?? ""
            let place = client.transport.place
            let daemon = Finding(
                health == "healthy" ? .ok : .fail, "daemon", "\(health)\(reason) at \(place)\(pid)")
            var findings = [daemon] + notices(status["notices"])
            if let words = TrackingWords(status["tracking"]), words.isBehind {
                findings.append(Finding(.warn, "mlflow", words.line))
            }
            if let watchdog = status["watchdog"].map({ WatchdogWords($0) }), let line = watchdog.line {
                findings.append(Finding(watchdog.isAlarm ? .fail : .warn, "watchdog", line))
            }
            if let retention = RetentionWords(status["retention"]) {
                findings.append(Finding(retention.isAlarm ? .fail : .ok, "retention", retention.line))
            }
            return findings
        } catch {
            return [
                Finding(.fail, "daemon", CommandFailure(describing: error).messages.joined(separator: "; "))
            ]
        }
    }

    /// Somebody should have been told and was not.
    private func notices(_ counts: JSONValue?) -> [Finding] {
        let (unsent, failed) = (counts?["unsent"]?.intValue ?? 0, counts?["failed"]?.intValue ?? 0)
        guard unsent > 0 || failed > 0 else { return [] }
        return [
            Finding(
                .warn, "notices",
                "\(unsent) still to be sent, \(failed) given up; `notices list --state pending,failed` has them"
            )
        ]
    }
}
