import Glibc

/// A real podman of a test, with its images and settings in a folder of its own, and one small image: busybox.
///
/// The settings let it work where a test may run itself in a container: no systemd, no events in a journal, no network
/// of its own, and files copied instead of mounted over each other.
final class ContainerEngine {
    static let image = "localhost/orchestrator-test:1"
    private let folder: String

    init() throws {
        guard access("/usr/bin/podman", X_OK) == 0, access("/bin/busybox", X_OK) == 0 else {
            throw HarnessError("podman or busybox is not there; scripts/setup-tests installs them")
        }
        folder = try Files.temporaryFolder()
        try Files.write(
            """
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            runtime = "runc"
            [containers]
            default_ulimits = ["nofile=1024:4096", "nproc=1024:4096"]
            netns = "host"

            """, to: folder + "/containers.conf")
        try Files.write(
            """
            [storage]
            driver = "vfs"
            graphroot = "\(folder)/images"
            runroot = "\(folder)/run"

            """, to: folder + "/storage.conf")
        try importImage()
    }

    /// For the `env` of a DAG: tasks get nothing of it from the daemon.
    var variables: [String: String] {
        [
            "CONTAINERS_CONF": folder + "/containers.conf",
            "CONTAINERS_STORAGE_CONF": folder + "/storage.conf", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        ]
    }

    /// `variables` as JSON members.
    var environmentJSON: String {
        variables.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
    }

    private func importImage() throws {
        let root = folder + "/root"
        try Files.makeFolder(root)
        try Files.makeFolder(root + "/bin")
        try run("/bin/cp", ["/bin/busybox", root + "/bin/busybox"])
        for name in ["sh", "cat", "echo", "env", "sleep", "wc"] {
            try run("/bin/ln", ["-s", "busybox", root + "/bin/" + name])
        }
        try run("/bin/tar", ["-C", root, "-cf", folder + "/image.tar", "."])
        try run("/usr/bin/podman", ["import", "--quiet", folder + "/image.tar", Self.image])
    }

    /// The names of the containers that there are, running or not.
    func containers() throws -> [String] {
        try run("/usr/bin/podman", ["ps", "--all", "--format", "{{.Names}}"]).split(separator: "\n").map {
            String($0)
        }
    }

    func stop() {
        _ = try? run("/usr/bin/podman", ["rm", "--all", "--force", "--time", "0"])
        _ = try? run("/usr/bin/podman", ["rmi", "--all", "--force"])
        Files.removeTree(folder)
    }

    /// - Returns: what it printed.
    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let output = try Files.temporaryFolder()
        defer { Files.removeTree(output) }
        let process = try ChildProcess(
            program, arguments, environment: variables, folder: "/", output: output + "/lines",
            errors: output + "/errors")
        guard try process.wait(seconds: 120) == .exited(0) else {
            throw HarnessError(
                "\(program) \(arguments.joined(separator: " ")): \(Files.text(output + "/errors"))")
        }
        return Files.text(output + "/lines")
    }
}
