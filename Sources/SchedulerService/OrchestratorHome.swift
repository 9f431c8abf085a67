import CProcess
import Crypto
import Foundation
import Glibc

/// The folder that holds everything an installation knows: database, run files, artifacts, keys.
package struct OrchestratorHome: Hashable, Sendable {
    /// Absolute, without symbolic links.
    package let path: String

    /// Makes the folder (mode 0700) if it is not there.
    ///
    /// - Throws: `HomeError` when the folder cannot be made or is not a folder of ours.
    package init(path: String) throws(HomeError) {
        var status = stat()
        if stat(path, &status) != 0 {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw .cannotCreate(path, String(cString: strerror(errno)))
            }
        } else if status.st_mode & S_IFMT != S_IFDIR {
            throw .notAFolder(path)
        }
        guard let resolved = realpath(path, nil) else {
            throw .cannotCreate(path, String(cString: strerror(errno)))
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        guard access(self.path, R_OK | W_OK | X_OK) == 0 else { throw .notAccessible(self.path) }
    }

    package var socketPath: String { path + "/api.sock" }
    package var tokenPath: String { path + "/token" }
    package var configurationPath: String { path + "/config.json" }
    package var runsFolder: String { path + "/runs" }
    /// Files that were uploaded through MLflow's protocol; `mlflow-artifacts:/X` is `X` in it.
    package var trackingFolder: String { path + "/tracking" }

    /// The folder of a run's logs, outputs and parameters; named by the server's own number, never by user text.
    package func folder(ofRun number: Int64) -> String { "\(runsFolder)/\(number)" }

    /// Where the control files of this home's attempts live: a tmpfs folder, so that an empty one after a reboot
    /// proves that nothing of ours runs. The choice is remembered in the home, because the environment of the next
    /// daemon may differ while tasks still run.
    ///
    /// - Throws: `HomeError` when no folder can be made.
    package func runtimeFolder(environment: [String: String]) throws(HomeError) -> String {
        let memory = path + "/runtime-folder"
        if let known = try? String(contentsOfFile: memory, encoding: .utf8), Self.isOwnFolder(known) {
            return known
        }
        let digest = SHA256.hash(data: Data(path.utf8)).prefix(8)
        let name = "orchestrator-" + digest.map { String(format: "%02x", $0) }.joined()
        for parent in Self.memoryFolders(environment) where cprocess_is_in_memory(parent) {
            let folder = parent + "/" + name
            if mkdir(folder, 0o700) == 0 || Self.isOwnFolder(folder) {
                return try remember(folder, in: memory)
            }
        }
        let fallback = path + "/runtime"
        guard mkdir(fallback, 0o700) == 0 || Self.isOwnFolder(fallback) else {
            throw .cannotCreate(fallback, String(cString: strerror(errno)))
        }
        return try remember(fallback, in: memory)
    }

    /// Folders in memory that nobody empties while we run. Of a person (user id 1000 and up) systemd removes what is in
    /// `$XDG_RUNTIME_DIR` and in `/dev/shm` at the last logout, unless lingering is on (logind.conf(5), `RemoveIPC=`).
    private static func memoryFolders(_ environment: [String: String]) -> [String] {
        if geteuid() < 1000 { return ["/run", "/dev/shm"] }
        guard let user = environment["USER"], !user.isEmpty, !user.utf8.contains(UInt8(ascii: "/")),
            let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/"),
            access("/var/lib/systemd/linger/\(user)", F_OK) == 0
        else { return [] }
        return [folder]
    }

    private func remember(_ folder: String, in memory: String) throws(HomeError) -> String {
        do {
            try Data(folder.utf8).write(to: URL(fileURLWithPath: memory), options: .atomic)
        } catch {
            throw .cannotCreate(memory, error.localizedDescription)
        }
        return folder
    }

    /// A folder, not a link, that belongs to us and to nobody else.
    private static func isOwnFolder(_ folder: String) -> Bool {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            && status.st_uid == geteuid() && status.st_mode & 0o077 == 0
    }
}

/// Why a home cannot be used.
package enum HomeError: Error, Hashable, Sendable {
    case cannotCreate(String, String)
    case notAFolder(String)
    case notAccessible(String)
}
