import DAGDomain
import Glibc

/// Files that tasks left, kept under the SHA-256 of their content: the same content once, whoever made it.
///
/// A file is copied rather than linked, since the task may go on writing to its own. What is kept is read-only and
/// never changed; a name that is there is complete, because files are written under another name, synced and renamed.
package struct ArtifactStore: Hashable, Sendable {
    /// `HOME/artifacts`; content lies in a folder named by the first two digits of its hash.
    package let folder: String

    /// - Parameter home: an absolute path.
    package init(home: String) {
        folder = home + "/artifacts"
    }

    /// Where the content with this hash lies, or would lie.
    ///
    /// - Throws: `badHash` when the text is not a hash; so no path can be made from anything else.
    package func path(of sha256: String) throws(ArtifactStoreError) -> String {
        guard Self.isHash(sha256) else { throw .badHash(sha256) }
        return "\(folder)/\(sha256.prefix(2))/\(sha256)"
    }

    package func contains(_ sha256: String) throws(ArtifactStoreError) -> Bool {
        let path = try path(of: sha256)
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// In bytes; nil when the content is not kept.
    package func size(of sha256: String) throws(ArtifactStoreError) -> Int64? {
        let path = try path(of: sha256)
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    /// Reads the content again and compares its hash with its name.
    package func verify(_ sha256: String) throws(ArtifactStoreError) {
        let path = try path(of: sha256)
        let file: FileDescriptor
        do {
            file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error.code == ENOENT { throw .unknown(sha256: sha256) }
            throw ArtifactStoreError(error)
        }
        do {
            let found = try ContentStream.hash(file, path: path)
            guard found.sha256 == sha256 else {
                throw ArtifactStoreError.damaged(sha256: sha256, found: found.sha256)
            }
        } catch let error as ArtifactStoreError {
            throw error
        } catch {
            throw ArtifactStoreError(error)
        }
    }

    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
