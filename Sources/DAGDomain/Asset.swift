import JSONText

/// What names an asset: a URI such as `s3://bucket/orders`, or any other printable text. Two assets with the same text
/// are the same asset, in whichever file they are named.
package struct AssetURI: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// Airflow's limit.
    package static let maximumLength = 1_500

    /// Printable ASCII as Airflow wants it, not starting or ending with a space.
    package var isValid: Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= Self.maximumLength else {
            return false
        }
        return first != 0x20 && last != 0x20 && bytes.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// Data that tasks produce and DAGs wait for, as a DAG file declares it (Airflow's asset, once called dataset).
package struct Asset: Hashable, Sendable {
    package let uri: AssetURI
    /// For people; the URI if the file gives none.
    package var name: String
    package var group: String
    /// What the owner of the asset wants to say about it; events have an `extra` of their own.
    package var extra: JSONObject
    /// Files whose appearance or change updates the asset.
    package var watch: FileWatch?

    package static let defaultGroup = "asset"

    package init(
        _ uri: AssetURI, name: String? = nil, group: String = defaultGroup, extra: JSONObject = JSONObject(),
        watch: FileWatch? = nil
    ) {
        self.uri = uri
        self.name = name ?? uri.text
        self.group = group
        self.extra = extra
        self.watch = watch
    }

    /// Whether nothing is said of it but its URI.
    package var isPlain: Bool { name == uri.text && group == Self.defaultGroup && extra.isEmpty }
}

/// Files that are watched for an asset: a path, or a pattern as glob(7) reads it.
package struct FileWatch: Hashable, Sendable {
    /// Absolute, or relative to the DAG file's folder.
    package let path: String
    /// How often to look where no event comes from (a network file system).
    package let interval: Duration
    /// How long a file must have been left alone that was written to without being closed or renamed.
    package let settling: Duration

    package static let defaultInterval = Duration.seconds(60)
    package static let defaultSettling = Duration.seconds(1)

    package init(
        path: String, interval: Duration = defaultInterval, settling: Duration = defaultSettling
    ) {
        self.path = path
        self.interval = interval
        self.settling = settling
    }
}
