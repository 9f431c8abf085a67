/// Something that the scheduler's surroundings want recorded in the same transaction as what it led to, so that a crash
/// can neither lose it nor let it happen twice. The scheduler only hands it on.
package enum OutsideRecord: Hashable, Sendable {
    /// A watch was seen for the first time; these files were there already and count as known.
    case watchBegan(AssetURI, pattern: String, [WatchedFile])
    /// This state of a file has updated its asset.
    case fileSeen(AssetURI, WatchedFile)
    case filesGone(AssetURI, paths: [String])
    case delivery(WebhookDelivery)
}

/// A file as a watch saw it last.
package struct WatchedFile: Hashable, Sendable {
    package let path: String
    package let sizeBytes: Int64
    /// Nanoseconds since 1970.
    package let modified: Int64
    /// Tells files apart that replaced each other.
    package let inode: UInt64

    package init(path: String, sizeBytes: Int64, modified: Int64, inode: UInt64) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.modified = modified
        self.inode = inode
    }
}
