import Foundation

/// What the kernel counts as resident for this process (`proc(5)`, `/proc/self/statm`, second field, in pages).
enum ResidentMemory {
    static func bytes() -> Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
