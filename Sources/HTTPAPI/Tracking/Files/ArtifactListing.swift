import JSONText

/// What lies below the artifact folder of a run or model, as MLflow lists it.
enum ArtifactListing {
    /// - Parameters:
    ///   - location: the artifact URI of the run or model.
    ///   - path: below it; nil for all of it.
    static func answer(_ location: String, path: String?, _ files: TrackingFiles) throws -> JSONObject {
        let below = try TrackingPath(path ?? "")
        guard let root = try TrackingLocation.path(of: location) else {
            throw TrackingError(
                .notImplemented, "the artifacts at \(location) are not kept here: list them with a client")
        }
        let entries = try files.list(try TrackingPath(root) + below)
        let prefix = below.parts.joined(separator: "/")
        var answer = JSONObject()
        answer["root_uri"] = .string(location)
        answer["files"] = TrackingJSON.list(
            entries.map { entry(prefix.isEmpty ? $0.name : prefix + "/" + $0.name, $0) })
        return answer
    }

    static func entry(_ path: String, _ entry: TrackingFiles.Entry) -> JSONValue {
        var object = JSONObject()
        object["path"] = .string(path)
        object["is_dir"] = .bool(entry.size == nil)
        // An empty file has no size, as in MLflow.
        if let size = entry.size, size > 0 { object["file_size"] = .integer(size) }
        return .object(object)
    }
}
