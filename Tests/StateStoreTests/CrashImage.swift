import Foundation
import StateStore

/// A copy of a home as a killed process would leave it: database, log and journal, without the shared memory.
struct CrashImage {
    let home: TemporaryHome

    init(of source: TemporaryHome) throws {
        home = try TemporaryHome()
        for (from, to) in [
            (source.layout.database, home.layout.database),
            (source.layout.writeAheadLog, home.layout.writeAheadLog),
            (source.layout.journal, home.layout.journal),
        ] where FileManager.default.fileExists(atPath: from) {
            try FileManager.default.copyItem(atPath: from, toPath: to)
        }
    }

    /// Removes everything after the first `count` bytes of the log.
    func truncateLog(to count: Int) throws {
        let bytes = home.bytes(home.layout.writeAheadLog) ?? []
        try home.write(Array(bytes.prefix(count)), to: home.layout.writeAheadLog)
    }

    var logSize: Int { home.bytes(home.layout.writeAheadLog)?.count ?? 0 }
}
