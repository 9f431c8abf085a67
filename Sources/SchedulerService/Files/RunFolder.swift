import Foundation
import Glibc

/// The folder of a run, named by the server's own number.
enum RunFolder {
    /// Removes it with everything in it; links are removed, never followed. A folder that is not there is fine.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Of all files in a folder.
    static func bytes(of folder: String) -> Int64 {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return 0 }
        var bytes: Int64 = 0
        for case let name as String in files {
            var status = stat()
            if lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                bytes += Int64(status.st_size)
            }
        }
        return bytes
    }

    /// Empties a folder and keeps it.
    static func empty(_ path: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            remove(path + "/" + name)
        }
    }
}
