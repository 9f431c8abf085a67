import Foundation

/// The folder of a run, named by the server's own number.
enum RunFolder {
    /// Removes it with everything in it; links are removed, never followed. A folder that is not there is fine.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Empties a folder and keeps it.
    static func empty(_ path: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            remove(path + "/" + name)
        }
    }
}
