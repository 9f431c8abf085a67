import DAGDomain
import JSONText

/// What one look for old runs came to.
package struct RetentionLook: Hashable, Sendable {
    package var at: Timestamp
    package var runs = 0
    /// Logs and other files of runs.
    package var folderBytes: Int64 = 0
    package var artifacts = 0
    package var artifactBytes: Int64 = 0
    package var assetEvents = 0
    /// Why it came to an early end.
    package var problem: String?

    init(at: Timestamp) { self.at = at }

    var hasRemoved: Bool { runs + artifacts + assetEvents > 0 || folderBytes > 0 }

    /// The numbers alone.
    var numbers: JSONObject {
        [
            "runs": .integer(Int64(runs)), "run_folder_bytes": .integer(folderBytes),
            "artifact_files": .integer(Int64(artifacts)), "artifact_bytes": .integer(artifactBytes),
            "asset_events": .integer(Int64(assetEvents)),
        ]
    }

    var json: JSONObject {
        var object = numbers
        object["at"] = .integer(at.microsecondsSinceEpoch)
        object["problem"] = problem.map(JSONValue.string)
        return object
    }

    /// - Returns: nil when the text is not one that `json` makes.
    package init?(_ text: String) {
        guard let object = try? JSONValue.parse(bytes: Array(text.utf8)),
            let microseconds = object["at"]?.intValue
        else { return nil }
        let number = { (name: String) in object[name]?.intValue ?? 0 }
        at = Timestamp(microsecondsSinceEpoch: microseconds)
        runs = Int(clamping: number("runs"))
        folderBytes = number("run_folder_bytes")
        artifacts = Int(clamping: number("artifact_files"))
        artifactBytes = number("artifact_bytes")
        assetEvents = Int(clamping: number("asset_events"))
        problem = object["problem"]?.stringValue
    }
}
