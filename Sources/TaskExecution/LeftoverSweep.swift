import CProcess
import DAGDomain
import Glibc

/// Ends what is left of an attempt whose supervisor was killed.
///
/// Such processes belong to no one any more. They are recognised by the attempt's id in the environment they
/// were started with, which no stranger has; process numbers, groups and sessions prove nothing.
enum LeftoverSweep {
    static let marker = "ORCHESTRATOR_ATTEMPT_ID"

    /// A process may make another one while we look, so rounds go on until one finds nothing; a program that
    /// makes processes faster than they can be ended must not hold the caller for ever.
    private static let maximumRounds = 64
    private static let environmentLimit = 4 * 1024 * 1024

    /// Returns how many processes were ended.
    static func run(_ id: AttemptID) -> Int {
        let entry = Array("\(marker)=\(id.text)".utf8) + [0]
        var ended = 0
        for _ in 0..<maximumRounds {
            let found = processes(withEntry: entry).filter { killIfStill($0, entry: entry) }
            if found.isEmpty { break }
            ended += found.count
        }
        return ended
    }

    private static func processes(withEntry entry: [UInt8]) -> [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let item = readdir(folder) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let process = Int32(name), process != getpid(), hasEntry(process, entry) {
                found.append(process)
            }
        }
        return found
    }

    private static func hasEntry(_ process: Int32, _ entry: [UInt8]) -> Bool {
        guard let environment = Machine.readFile("/proc/\(process)/environ", limit: environmentLimit) else {
            return false
        }
        return environment.split(separator: 0, omittingEmptySubsequences: true)
            .contains { $0.elementsEqual(entry.dropLast()) }
    }

    /// The descriptor pins the process; only then is it looked at again and signalled.
    private static func killIfStill(_ process: Int32, entry: [UInt8]) -> Bool {
        let descriptor = cprocess_pidfd_open(process)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return hasEntry(process, entry) && cprocess_pidfd_signal(descriptor, SIGKILL) == 0
    }
}
