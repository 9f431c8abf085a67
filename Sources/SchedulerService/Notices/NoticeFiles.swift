import DAGDomain
import Foundation
import Glibc
import StateStore

/// The files of one try at sending a notice; they go with it.
struct NoticeFiles: Sendable {
    let attempt: AttemptID
    /// The facts, for commands.
    let notice: String
    /// What this program is to send itself; may hold secrets.
    let performance: String
    let log: String

    static let logLimitBytes: UInt64 = 64 * 1024
    private static let shownCharacters = 500

    init(_ row: NoticeRow, tries: Int, folder: String) {
        attempt = AttemptID("notice-\(row.uid)-\(tries)")
        let base = "\(folder)/\(attempt)"
        notice = base + ".notice.json"
        performance = base + ".perform.json"
        log = base + ".log"
    }

    func remove() {
        for path in [notice, performance, log] { unlink(path) }
    }

    /// Removes the files of tries that nobody waits for.
    static func removeLeftovers(in folder: String, except known: Set<AttemptID>) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let attempt = AttemptID(String(name.prefix { $0 != "." }))
            guard name.hasSuffix(".json") || name.hasSuffix(".log"), !known.contains(attempt) else {
                continue
            }
            unlink("\(folder)/\(name)")
        }
    }

    /// The end of what the process said, in one line.
    var lastWords: String {
        guard let bytes = try? SmallFile.read(log, limit: 1 << 20) else { return "" }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.hasPrefix("error: ") ? String($0.dropFirst("error: ".count)) : String($0) }
        let text = lines.suffix(3).joined(separator: " ")
        return String(text.suffix(Self.shownCharacters))
    }
}
