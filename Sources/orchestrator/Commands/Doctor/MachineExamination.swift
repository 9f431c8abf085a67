import DAGDomain
import Glibc
import SchedulerCore
import SchedulerService
import StateStore

/// What `doctor` finds about the machine: libraries, the supervisor, clock, zones, limits.
struct MachineExamination {
    let invocation: Invocation

    /// A daemon holds a descriptor for each running task and each client.
    private static let wantedDescriptors: rlim_t = 4_096

    func findings() -> [Finding] {
        [sqlite(), shim(), clock(), zones(), descriptors()]
    }

    /// One process opens our database, and one connection of it writes and checkpoints: the bug needs two.
    private func sqlite() -> Finding {
        let version = SQLiteLibrary.version
        guard SQLiteLibrary.hasLogResetBug(version) else { return Finding(.ok, "SQLite", version) }
        return Finding(
            .ok, "SQLite",
            "\(version) has the WAL-reset bug (fixed in 3.51.3); it cannot strike here: "
                + "one connection writes and checkpoints"
        )
    }

    private func shim() -> Finding {
        let path = ShimLocation.path(chosen: invocation.configuration.path(.shim))
        guard access(path, X_OK) == 0, FileAccess.kind(of: path) == .file else {
            return Finding(
                .fail, "supervisor", "\(path) is missing or cannot be executed; it belongs beside the program"
            )
        }
        return Finding(.ok, "supervisor", path)
    }

    private func clock() -> Finding {
        let now = WallClock.now()
        let earliest = Timestamp(secondsSinceEpoch: 1_767_225_600)  // 2026-01-01: older than this program
        guard now > earliest else { return Finding(.fail, "clock", "it says \(now.rfc3339), which is past") }
        return Finding(.ok, "clock", now.rfc3339.withoutFraction)
    }

    /// Berlin is two hours ahead of UTC on 1 July 2026.
    private func zones() -> Finding {
        do {
            let berlin = try ZoneRules(TimeZoneName("Europe/Berlin"))
            let offset = berlin.offset(at: Timestamp(secondsSinceEpoch: 1_782_864_000))
            guard offset == 7_200 else {
                return Finding(
                    .fail, "time zones",
                    "the zone data is wrong: Europe/Berlin is \(offset) s from UTC in July")
            }
            return Finding(.ok, "time zones", "known")
        } catch {
            return Finding(.fail, "time zones", "\(error); install tzdata")
        }
    }

    private func descriptors() -> Finding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let text = "\(limit.rlim_cur) (at most \(limit.rlim_max))"
        guard limit.rlim_cur < Self.wantedDescriptors else { return Finding(.ok, "open files", text) }
        return Finding(
            .warn, "open files",
            "\(text): raise it with `ulimit -n \(Self.wantedDescriptors)` for many tasks at once")
    }
}
