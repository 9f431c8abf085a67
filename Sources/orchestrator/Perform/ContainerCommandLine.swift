import JSONText
import SchedulerService

/// The container of a `container` task as the arguments and the environment of podman or docker; both understand the same.
struct ContainerCommandLine: Equatable {
    /// Without the engine itself.
    let arguments: [String]
    /// The engine's environment, from which it takes the container's variables: as arguments others could read them.
    let environment: [String: String]
    let name: String
    /// Files that must be there before they can be mounted.
    let files: [String]

    /// Variables of the machine, which mean nothing in a container.
    private static let own: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SHELL", "TERM",
    ]

    /// - Parameter environment: that of the attempt's process.
    init(_ specification: JSONValue, environment: [String: String]) {
        name = "orchestrator-" + (environment["ORCHESTRATOR_ATTEMPT_ID"] ?? "attempt")
        var engine = environment
        var arguments = ["run", "--rm", "--init", "--name", name]
        var inside = environment.filter { !Self.own.contains($0.key) && !$0.key.hasPrefix("LC_") }
        for (name, value) in specification["env"]?.objectValue ?? [:] { inside[name] = Self.text(value) }
        for (name, value) in inside.sorted(by: { $0.key < $1.key }) {
            if Self.own.contains(name) || Self.isEngines(name) {
                arguments += ["--env", "\(name)=\(value)"]
            } else {
                engine[name] = value
                arguments += ["--env", name]
            }
        }
        files = ["ORCHESTRATOR_OUTPUT", "ORCHESTRATOR_METRICS", "ORCHESTRATOR_OUTLETS"].compactMap {
            environment[$0]
        }
        let folders = ["ORCHESTRATOR_ARTIFACTS", "ORCHESTRATOR_CHECKPOINTS"].compactMap { environment[$0] }
        for path in files + folders { arguments += ["--volume", "\(path):\(path)"] }
        let readable = [
            "ORCHESTRATOR_PARAMS", "ORCHESTRATOR_INPUTS", "ORCHESTRATOR_ASSET_EVENTS",
            "MLFLOW_TRACKING_SERVER_CERT_PATH",
        ]
        for path in readable.compactMap({ environment[$0] }) {
            arguments += ["--volume", "\(path):\(path):ro"]
        }
        for volume in specification["volumes"]?.arrayValue ?? [] {
            arguments += ["--volume", Self.text(volume)]
        }
        let image = specification["image"].map(Self.text) ?? ""
        let rest = (specification["args"]?.arrayValue ?? []).map(Self.text)
        switch specification["command"] {
        case .array(let command)?:
            let words = command.map(Self.text)
            arguments += ["--entrypoint", words.first ?? "", image] + words.dropFirst() + rest
        case .string(let text)?:
            // The word after the text of `sh -c` is its `$0`; the arguments are `$1` and so on.
            arguments += ["--entrypoint", "/bin/sh", image, "-c", text, "sh"] + rest
        default: arguments += [image] + rest
        }
        self.arguments = arguments
        self.environment = engine
    }

    private static func text(_ value: JSONValue) -> String { value.stringValue ?? value.text() }

    /// Whether a variable would change what the engine does.
    private static func isEngines(_ name: String) -> Bool {
        ["DOCKER_", "CONTAINER_", "CONTAINERS_", "PODMAN_", "BUILDAH_", "LD_"].contains { name.hasPrefix($0) }
    }
}
