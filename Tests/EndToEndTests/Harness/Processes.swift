import Glibc

/// What runs on the machine, as /proc tells it.
enum Processes {
    /// Living processes that carry the variable in their environment or name the text as an argument.
    static func all(environment entry: String, argument text: String?) -> [Int32] {
        Files.names("/proc").compactMap { Int32($0) }.filter { process in
            guard process != getpid(), isAlive(process) else { return false }
            let environment = (Files.bytes("/proc/\(process)/environ") ?? []).split(separator: 0)
            if environment.contains(where: { $0.elementsEqual(entry.utf8) }) { return true }
            guard let text else { return false }
            return commandLine(process).contains(text)
        }
    }

    static func commandLine(_ process: Int32) -> String {
        String(decoding: Files.bytes("/proc/\(process)/cmdline") ?? [], as: UTF8.self).replacing(
            "\0", with: " ")
    }

    /// Whether it exists and is not merely waiting to be reaped.
    static func isAlive(_ process: Int32) -> Bool {
        guard let stat = Files.bytes("/proc/\(process)/stat"),
            let bracket = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return false }
        return stat[bracket...].dropFirst(2).first != UInt8(ascii: "Z")
    }

    static func describe(_ processes: [Int32]) -> String {
        processes.map { "\($0) \(commandLine($0))" }.joined(separator: "; ")
    }
}
