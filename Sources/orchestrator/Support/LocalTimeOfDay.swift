import DAGDomain
import Glibc

extension Timestamp {
    /// `12:00:01` in the machine's zone, for progress lines.
    var localTimeOfDay: String {
        var seconds = time_t(secondsSinceEpoch)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
