/// Why artifacts could not be kept or found.
package enum ArtifactStoreError: Error, Hashable, Sendable {
    /// The task promised a file that it did not leave. `present` lists what is there (at most `listingLimit` paths).
    case missing(name: String, path: String, present: [String])
    /// The declared path is empty, absolute, or leaves the folder.
    case pathLeavesFolder(name: String, path: String)
    /// A part of the path is a symbolic link; those are not followed.
    case symbolicLink(name: String, path: String)
    /// The path leads to something other than a regular file: a folder, FIFO, socket or device.
    case notAFile(name: String, path: String, kind: String)
    /// Two declarations have this name.
    case duplicateName(String)
    /// The text is not a SHA-256 in lower-case hexadecimal.
    case badHash(String)
    /// No content with this hash is kept.
    case unknown(sha256: String)
    /// The content kept under this hash has another one.
    case damaged(sha256: String, found: String)
    /// No space is left; nothing half-written is kept.
    case full(path: String)
    /// The system refused a call.
    case inputOutput(path: String, detail: String)

    /// How many names `missing` lists at most.
    package static let listingLimit = 20
}
