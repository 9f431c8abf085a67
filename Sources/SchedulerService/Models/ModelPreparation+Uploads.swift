import DAGDomain
import Glibc
import StateStore

/// Versions whose files came through MLflow's protocol and lie in this home.
extension ModelPreparation {
    /// Where the folder or file of such a version is; nil when something outside keeps it.
    func upload(of version: ModelVersionRow) throws(Failure) -> String? {
        let source = version.version.content.source
        var location = source
        let scheme = "models:/"
        if source.hasPrefix(scheme) {
            let id = String(source.dropFirst(scheme.count))
            let model = try asking { () throws(StateStoreError) in try store.loggedModel(id) }
            location = model?.artifactLocation ?? ""
        }
        guard let path = Self.path(of: location, in: trackingFolder) else { return nil }
        guard let real = realpath(path, nil) else {
            throw Failure(
                text:
                    "the files of \(version.key) are gone: there is no \(path) any more; log the model again or "
                    + "restore a backup")
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// The path behind `mlflow-artifacts:/`; nil for another place, and for one that leads outside.
    static func path(of location: String, in folder: String) -> String? {
        let scheme = "mlflow-artifacts:/"
        guard location.hasPrefix(scheme) else { return nil }
        let parts = location.dropFirst(scheme.count).split(separator: "/")
        guard let first = parts.first, !first.hasPrefix("."), !parts.contains(".."), !parts.contains(".")
        else {
            return nil
        }
        return folder + "/" + parts.joined(separator: "/")
    }
}
