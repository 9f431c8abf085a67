import CProcess
import DAGDomain
import Glibc

/// Why the folder for the control files cannot be used.
package enum RuntimeDirectoryError: Error, Hashable, Sendable {
    case cannotUse(path: String, errno: Int32)
    /// Somebody else made it, or it is no folder: they could read and forge records.
    case notOurs(path: String)
}

/// The folder with one control file per attempt, on a file system in memory if there is one: it is empty
/// after a restart of the machine, which proves that nothing of ours runs.
package struct RuntimeDirectory: Sendable {
    package let path: String
    /// When this folder began its present life. An attempt made later and without a record was never started.
    let madeAt: Timestamp

    static let maximumIDLength = 63
    private static let suffix = ".attempt"

    /// Opens the folder, making it if needed.
    package init(path: String) throws(RuntimeDirectoryError) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .cannotUse(path: path, errno: errno) }
        var found = stat()
        guard lstat(path, &found) == 0 else { throw .cannotUse(path: path, errno: errno) }
        guard found.st_mode & S_IFMT == S_IFDIR, found.st_uid == geteuid() else { throw .notOurs(path: path) }
        guard chmod(path, 0o700) == 0 else { throw .cannotUse(path: path, errno: errno) }
        madeAt = try Self.readOrWriteBirth(path + "/born", bootID: Machine.bootID())
    }

    /// The file holds the boot id and the time, so that a folder that outlived a restart of the machine (no
    /// file system in memory) counts as new.
    private static func readOrWriteBirth(_ path: String, bootID: String) throws(RuntimeDirectoryError)
        -> Timestamp
    {
        if let bytes = Machine.readFile(path, limit: 128) {
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
            if words.count == 2, words[1] == bootID, let microseconds = Int64(words[0]) {
                return Timestamp(microsecondsSinceEpoch: microseconds)
            }
        }
        let now = Machine.now()
        let text = "\(now.microsecondsSinceEpoch) \(bootID)"
        let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotUse(path: path, errno: errno) }
        let written = write(descriptor, text, text.utf8.count)
        close(descriptor)
        guard written == text.utf8.count, rename(path + ".new", path) == 0 else {
            throw .cannotUse(path: path, errno: written < 0 ? errno : ENOSPC)
        }
        return now
    }

    /// Ids are file names here: nothing that could leave the folder.
    static func isValidID(_ id: AttemptID) -> Bool {
        let bytes = id.text.utf8
        return (1...maximumIDLength).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    func recordPath(_ id: AttemptID) -> String {
        "\(path)/\(id.text)\(Self.suffix)"
    }

    func remove(_ id: AttemptID) {
        if Self.isValidID(id) { unlink(recordPath(id)) }
    }

    /// The attempts that have a control file, in no order.
    package func recordedAttempts() throws(RuntimeDirectoryError) -> [AttemptID] {
        guard let folder = opendir(path) else { throw .cannotUse(path: path, errno: errno) }
        defer { closedir(folder) }
        var ids: [AttemptID] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(Self.suffix) else { continue }
            let id = AttemptID(String(name.dropLast(Self.suffix.count)))
            if Self.isValidID(id) { ids.append(id) }
        }
        return ids
    }
}
