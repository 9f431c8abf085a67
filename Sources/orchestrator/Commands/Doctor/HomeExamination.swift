import DAGLoading
import Glibc
import SchedulerService
import StateStore

/// What `doctor` finds about the home, its disk, and the DAG folder.
struct HomeExamination {
    let invocation: Invocation

    private var home: String { invocation.configuration.home }

    /// Below these the disk is nearly full: the database needs room for its log, tasks for theirs.
    private static let scarceBytes: UInt64 = 1 << 30
    private static let emptyBytes: UInt64 = 100 << 20

    func findings() -> [Finding] {
        [folder(), socket(), disk()] + runtimeFolder() + [database(), dags()]
    }

    private func folder() -> Finding {
        var status = stat()
        guard stat(home, &status) == 0 else {
            return Finding(.ok, "home", "\(home) is not there yet; the first run or start makes it")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return Finding(.fail, "home", "\(home) is not a folder")
        }
        guard access(home, R_OK | W_OK | X_OK) == 0 else {
            return Finding(.fail, "home", "\(home) cannot be read and written by this user")
        }
        if status.st_uid != geteuid() {
            return Finding(
                .warn, "home", "\(home) belongs to user \(status.st_uid), this is user \(geteuid())")
        }
        if status.st_mode & 0o077 != 0 {
            return Finding(.warn, "home", "\(home) is open to other users: chmod 700 \(home)")
        }
        return Finding(.ok, "home", "\(home), yours alone")
    }

    private func socket() -> Finding {
        let length = home.utf8.count + "/api.sock".utf8.count
        guard length <= UnixSocket.maximumPathLength else {
            return Finding(
                .fail, "socket path",
                "\(length) bytes, the system allows \(UnixSocket.maximumPathLength): choose a shorter home")
        }
        return Finding(.ok, "socket path", "\(length) of \(UnixSocket.maximumPathLength) bytes")
    }

    private func disk() -> Finding {
        var info = statvfs()
        let place = existing(home)
        guard statvfs(place, &info) == 0 else {
            return Finding(.fail, "free disk", "\(place): \(systemErrorText(errno))")
        }
        let free = UInt64(info.f_bavail) * UInt64(info.f_frsize)
        let text = "\(free >> 20) MiB for \(place)"
        if info.f_files > 0, info.f_favail < 1_000 {
            return Finding(.fail, "free disk", "\(text), but only \(info.f_favail) more files")
        }
        let level: Finding.Level = free < Self.emptyBytes ? .fail : free < Self.scarceBytes ? .warn : .ok
        return Finding(level, "free disk", text)
    }

    /// The nearest folder above a path that exists.
    private func existing(_ path: String) -> String {
        var path = path
        while !FileAccess.exists(path), let slash = path.lastIndex(of: "/"), path != "/" {
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    private func runtimeFolder() -> [Finding] {
        guard FileAccess.kind(of: home) == .folder else { return [] }
        do {
            let folder = try OrchestratorHome(path: home).runtimeFolder(environment: invocation.environment)
            let isTemporary = !folder.hasPrefix(home + "/")
            let note =
                isTemporary
                ? folder
                : "\(folder) is on disk: each start and end of a task costs a disk write"
            return [Finding(isTemporary ? .ok : .warn, "runtime folder", note)]
        } catch {
            return [
                Finding(
                    .fail, "runtime folder",
                    CommandFailure(describing: error).messages.joined(separator: "; "))
            ]
        }
    }

    /// A quick look; `db check` looks at every page.
    private func database() -> Finding {
        guard FileAccess.exists(HomeLayout(home: home).database) else {
            return Finding(.ok, "database", "not there yet")
        }
        guard UnixSocket.isAnswered(home + "/api.sock") == false else {
            return Finding(.ok, "database", "in use")
        }
        do {
            let lock = try HomeLock.acquire(home: home)
            defer { withExtendedLifetime(lock) {} }
            let info = try OfflineDatabase(home: home).info()
            return Finding(
                .ok, "database",
                "schema \(info.schema), \(info.sizeBytes >> 10) KiB, transaction \(info.transactions)")
        } catch {
            return Finding(
                .fail, "database", CommandFailure(describing: error).messages.joined(separator: "; "))
        }
    }

    private func dags() -> Finding {
        let folder = invocation.configuration.dagFolder
        guard FileAccess.kind(of: folder) == .folder else {
            return Finding(.warn, "DAG folder", "\(folder) is not there")
        }
        do {
            let files = try DAGFolderScan().load(folder: folder)
            let broken = files.filter { !$0.errors.isEmpty }.count
            let text = "\(folder): \(files.count) files, \(broken) with errors"
            return Finding(broken > 0 ? .warn : .ok, "DAG folder", text)
        } catch {
            return Finding(.fail, "DAG folder", error.description)
        }
    }
}
