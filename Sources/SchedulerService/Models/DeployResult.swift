import DAGDomain
import JSONText

/// How far the process of a deployment has come: kept in a file beside its specification, so that also of a process that was
/// killed it is known what it had done.
package struct DeployResult: Hashable, Sendable {
    package var state: Deployment.State
    /// What happened, for people.
    package var detail: String
    /// It failed for no other reason than that somebody moved the alias meanwhile.
    package var isOvertaken: Bool

    package init(state: Deployment.State, detail: String, isOvertaken: Bool = false) {
        self.state = state
        self.detail = detail
        self.isOvertaken = isOvertaken
    }

    package var json: JSONValue {
        ["state": .string(state.rawValue), "detail": .string(detail), "overtaken": .bool(isOvertaken)]
    }

    package init?(_ value: JSONValue) {
        guard let state = value["state"]?.stringValue.flatMap(Deployment.State.init(rawValue:)),
            let detail = value["detail"]?.stringValue, let isOvertaken = value["overtaken"]?.boolValue
        else { return nil }
        self.init(state: state, detail: detail, isOvertaken: isOvertaken)
    }

    /// Where it is, beside the specification.
    package static func file(beside file: String) -> String { file + ".result" }

    static let sizeLimitBytes = 1 << 16

    /// Nil when the process has not come far enough to write it.
    static func read(beside file: String) -> DeployResult? {
        let bytes = try? SmallFile.read(Self.file(beside: file), limit: sizeLimitBytes)
        return bytes.flatMap { try? JSONValue.parse(bytes: $0) }.flatMap { DeployResult($0) }
    }
}
