import DAGDomain
import Glibc
import JSONText

/// Work that this program does itself for an attempt, with its places filled in. It may hold secrets, so it travels
/// in a file and never in arguments.
package struct TaskPerformance: Hashable, Sendable {
    /// The hidden subcommand of `orchestrator perform`.
    package let kind: String
    package var specification: JSONObject

    package init(kind: String, specification: JSONObject) {
        self.kind = kind
        self.specification = specification
    }

    /// Nil when the value has another shape.
    package init?(_ value: JSONValue) {
        guard let kind = value["kind"]?.stringValue, let specification = value["specification"]?.objectValue
        else { return nil }
        self.init(kind: kind, specification: specification)
    }

    /// The data checks of a task and the intervals of its gate, made when what it does has ended well.
    /// - Parameters:
    ///   - work: what this program itself does for the task.
    ///   - arguments: the program that it starts, if there is no such work.
    init(
        checking checks: [JSONObject], _ bootstraps: [BootstrapRequest], after work: TaskPerformance?,
        or arguments: [String]?
    ) {
        var specification: JSONObject = ["checks": .array(checks.map(JSONValue.object))]
        if !bootstraps.isEmpty { specification["bootstraps"] = .array(bootstraps.map(\.json)) }
        if let work {
            specification["perform"] = [
                "kind": .string(work.kind), "specification": .object(work.specification),
            ]
        } else if let arguments {
            specification["arguments"] = .array(arguments.map(JSONValue.string))
        }
        self.init(kind: Self.checkedKind, specification: specification)
    }

    static let checkedKind = "checked"
    static let deployKind = "deploy"

    /// Where the process that makes checks says why it could not; beside its specification.
    package static func problemFile(beside file: String) -> String { file + ".problem" }

    /// Where that process writes what this program itself is to do before.
    package static func workFile(beside file: String) -> String { file + ".work" }

    /// The command that does it.
    func arguments(program: String, file: String) -> [String] { [program, "perform", kind, file] }

    /// The file of the running program; the name under which it was started is nobody's business.
    package static let ownProgram: String = {
        guard let text = realpath("/proc/self/exe", nil) else { return "/proc/self/exe" }
        defer { free(text) }
        return String(cString: text)
    }()
}

/// Which headers of a request a person may see.
package enum HeaderMasking {
    private static let shown: Set<String> = [
        "accept", "accept-encoding", "accept-language", "cache-control", "content-encoding",
        "content-language",
        "content-type", "if-match", "if-modified-since", "if-none-match", "if-unmodified-since",
        "idempotency-key",
        "origin", "prefer", "range", "referer", "user-agent",
    ]

    /// Whether the value is shown; that of every other header may be a secret.
    package static func isShown(_ name: String) -> Bool { shown.contains(name.lowercased()) }
}

extension TemplateJSON {
    /// The specification as people may see it: headers that can hold secrets and the connection are masked.
    var withoutSecrets: TemplateJSON {
        guard case .object(let members) = self else { return self }
        return .object(
            members.map { member in
                if member.name == "connection" { return Member(member.name, .value("***")) }
                guard member.name == "headers", case .object(let headers) = member.value else {
                    return member
                }
                return Member(
                    member.name,
                    .object(
                        headers.map { header in
                            HeaderMasking.isShown(header.name)
                                ? header : Member(header.name, .value("***"))
                        }))
            })
    }
}
