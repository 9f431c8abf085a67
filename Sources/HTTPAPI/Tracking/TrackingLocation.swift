import Foundation

/// Where artifacts of an experiment, run or model are: a folder of ours behind `mlflow-artifacts:`, or a place that
/// the client reaches by itself.
enum TrackingLocation {
    static let scheme = "mlflow-artifacts:"

    /// A place for artifacts that a client chose. Files of this machine are refused: a path in a request must not
    /// lead into our folders, or anywhere else.
    static func check(_ location: String) throws(TrackingError) {
        try TrackingLimits.checkLength("artifact_location", location, 2048)
        let scheme = location.prefix { $0 != ":" }.lowercased()
        let isRemote = location.contains(":") && scheme != "file"
        guard isRemote, !location.contains("#"), !location.contains("?"),
            location.removingPercentEncoding?.split(separator: "/").contains("..") == false
        else {
            throw .invalid(
                "'artifact_location' must be a URI (mlflow-artifacts:/..., s3://..., ...) without `..`, "
                    + "query and fragment: '\(location)'")
        }
        if location.hasPrefix(Self.scheme) { _ = try path(of: location) }
    }

    /// The path below our artifact folder; nil when it is somewhere else.
    static func path(of uri: String) throws(TrackingError) -> String? {
        guard uri.hasPrefix(scheme) else { return nil }
        var rest = uri.dropFirst(scheme.count)
        if rest.hasPrefix("//") {
            // `mlflow-artifacts://HOST:PORT/PATH` names the server too.
            rest = rest.dropFirst(2)
            rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? ""
        }
        let parts = rest.split(separator: "/")
        guard parts.allSatisfy({ $0 != "." && $0 != ".." }), !rest.utf8.contains(0) else {
            throw .invalid("Invalid artifact path: '\(uri)'")
        }
        return parts.joined(separator: "/")
    }
}
