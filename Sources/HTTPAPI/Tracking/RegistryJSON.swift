import DAGDomain
import Foundation
import JSONText
import StateStore

/// Models and versions of the registry as MLflow's clients read them.
extension TrackingJSON {
    /// - Parameter latest: the newest version, which MLflow shows with the model.
    static func model(_ row: RegisteredModelRow, latest: ModelVersionRow?) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(row.model.name.text)
        object["creation_timestamp"] = .integer(row.model.createdAt.millisecondsSinceEpoch)
        object["last_updated_timestamp"] = .integer(row.model.updatedAt.millisecondsSinceEpoch)
        if !row.model.description.isEmpty { object["description"] = .string(row.model.description) }
        object["latest_versions"] = list(latest.map { [version($0)] } ?? [])
        object["tags"] = tags(row.tags)
        object["aliases"] = list(
            row.aliases.sorted { $0.key.text < $1.key.text }.map { alias, version in
                ["alias": .string(alias.text), "version": .string("\(version)")]
            })
        return .object(object)
    }

    static func version(_ row: ModelVersionRow) -> JSONValue {
        let content = row.version.content
        var object = JSONObject()
        object["name"] = .string(row.key.model.text)
        object["version"] = .string("\(row.key.version)")
        object["creation_timestamp"] = .integer(row.version.createdAt.millisecondsSinceEpoch)
        object["last_updated_timestamp"] = .integer(row.version.updatedAt.millisecondsSinceEpoch)
        object["current_stage"] = "None"
        object["description"] = .string(content.description)
        object["source"] = .string(RegistrySource.shown(content))
        object["run_id"] = .string(content.trackingRunID ?? "")
        object["status"] = .string(content.status.rawValue)
        object["run_link"] = ""
        object["tags"] = tags(row.tags)
        object["aliases"] = list(row.aliases.map { .string($0.text) })
        return .object(object)
    }

    private static func tags(_ tags: [String: String]) -> JSONValue? {
        list(tags.sorted { $0.key < $1.key }.map { text(TrackedText(key: $0.key, value: $0.value)) })
    }
}

/// Where the files of a version are.
enum RegistrySource {
    /// What a client sees as the source: of a file that is kept here, the place where the proxy shows it.
    static func shown(_ content: ModelContent) -> String {
        guard let artifact = content.artifact else { return content.source }
        let name = artifact.path.split(separator: "/").last.map(String.init) ?? artifact.name
        return "\(TrackingLocation.scheme)/\(TrackingFiles.kept)/\(artifact.sha256)/\(name)"
    }

    /// The place that a source stands for, which `models:/m-…` and `runs:/…` only name.
    static func location(_ content: ModelContent, _ store: StateStore) throws -> String {
        let source = shown(content)
        if let id = modelID(source) {
            guard let model = try store.loggedModel(id) else { throw TrackingRefusal.unknownLoggedModel(id) }
            return model.artifactLocation
        }
        if source.hasPrefix("runs:/") {
            let parts = source.dropFirst(6).split(separator: "/", maxSplits: 1)
            guard let id = parts.first.map(String.init), let run = try store.trackingRun(id) else {
                throw TrackingError.invalid("Invalid model version source: '\(source)'")
            }
            return run.artifactLocation + (parts.count > 1 ? "/" + parts[1] : "")
        }
        return source
    }

    /// Of `models:/m-…`.
    static func modelID(_ source: String) -> String? {
        guard source.hasPrefix("models:/m-") else { return nil }
        let rest = source.dropFirst(8)
        return rest.contains("/") || rest.contains("@") ? nil : String(rest)
    }

    /// A place that a client gives as the source of a version. Paths of this machine are refused, and so is what could
    /// lead to one.
    static func check(_ source: String) throws(TrackingError) {
        let scheme = source.prefix { $0 != ":" }.lowercased()
        let decoded = source.removingPercentEncoding ?? ""
        guard source.contains(":"), scheme != "file", !scheme.isEmpty, scheme.allSatisfy(\.isASCII),
            !decoded.split(whereSeparator: { "/\\".contains($0) }).contains(".."), !decoded.utf8.contains(0)
        else { throw .invalid("Invalid model version source: '\(source)'.") }
        _ = try TrackingLocation.path(of: source)
    }
}
