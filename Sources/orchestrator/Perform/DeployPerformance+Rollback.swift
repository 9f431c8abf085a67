import Glibc
import JSONText
import SchedulerService

/// A version that is, or was, in service.
struct DeployedVersion {
    /// Empty for nothing.
    let number: String
    /// Its file; empty when something outside keeps it.
    let path: String

    /// `version 3`
    var name: String { number.isEmpty ? "nothing" : "version \(number)" }
}

extension DeployPerformance {
    /// Puts a version into service again.
    ///
    /// - Returns: whether that has worked, and a sentence.
    func undo(to target: DeployedVersion) -> (Bool, String) {
        if plan.rollsBackBySelf, target.number.isEmpty {
            return (false, "nothing was in service before, so nothing was put back")
        }
        guard plan.rollsBackBySelf || plan.rollback != nil else {
            return (false, "there is no rollback, so nothing was put back")
        }
        var environment = variables(step: plan.steps.count - 1, "rollback")
        environment["ORCHESTRATOR_DEPLOY_FAILED_VERSION"] = version
        environment["ORCHESTRATOR_MODEL_VERSION"] = target.number
        environment["ORCHESTRATOR_MODEL_PATH"] = target.path
        environment["ORCHESTRATOR_PREVIOUS_VERSION"] = target.number
        environment["ORCHESTRATOR_PREVIOUS_PATH"] = target.path
        environment["ORCHESTRATOR_DEPLOY_PERCENT"] = "100"
        let end = command(own: plan.rollsBackBySelf, environment)
        guard end.isGood else { return (false, "the rollback to \(target.name) \(end.sentence)") }
        if !target.number.isEmpty, let problem = healthProblem(environment) {
            return (false, "rolled back to \(target.name), which is \(problem)")
        }
        return (true, "rolled back to \(target.name)")
    }
}

extension DeployedVersion {
    /// What the alias points to now; nil when there is no daemon to ask.
    static func current(for deployment: DeployPerformance) async -> DeployedVersion? {
        guard UnixSocket.isAnswered(deployment.plan.socket) else { return nil }
        let client = APIClient(transport: HTTPTransport(socketPath: deployment.plan.socket))
        let model = ["api", "v1", "models", deployment.model]
        guard let aliases = try? await client.object(model)["aliases"]?.objectValue else { return nil }
        guard let number = aliases[deployment.plan.alias]?.intValue.map({ "\($0)" }) else {
            return DeployedVersion(number: "", path: "")
        }
        let found = try? await client.object(model + ["versions", number])
        return DeployedVersion(
            number: number, path: found.flatMap { link(to: $0, for: deployment) } ?? "")
    }

    /// A link to the version's file beside the one that the task was given.
    private static func link(to version: JSONObject, for deployment: DeployPerformance) -> String? {
        guard let own = deployment.variables["ORCHESTRATOR_MODEL_PATH"], !own.isEmpty,
            let sha256 = version["artifact"]?["sha256"]?.stringValue,
            let path = version["artifact"]?["path"]?.stringValue
        else { return nil }
        let home = deployment.plan.socket.split(separator: "/").dropLast().joined(separator: "/")
        let content = "/\(home)/artifacts/\(sha256.prefix(2))/\(sha256)"
        guard FileAccess.exists(content) else { return nil }
        let place = own.split(separator: "/").dropLast(2).joined(separator: "/")
        let folder = "/\(place)/now"
        mkdir(folder, 0o700)
        let link = "\(folder)/\(path.split(separator: "/").last.map(String.init) ?? "model")"
        unlink(link)
        return symlink(content, link) == 0 ? link : nil
    }
}
