import Glibc

/// The programs under test: those built beside the tests, or those in the folder `ORCHESTRATOR_PROGRAMS`.
enum Programs {
    static let folder: String = {
        if let folder = getenv("ORCHESTRATOR_PROGRAMS") { return String(cString: folder) }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self)
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
    }()

    static let orchestrator = folder + "/orchestrator"

    /// The project's folder, for files that ship with it.
    static let project = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/")

    /// A number from the environment of the tests, such as `ORCHESTRATOR_TEST_KILLS`.
    static func number(_ name: String, default standard: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
    }

    /// Where the random choices of a test begin; `ORCHESTRATOR_TEST_SEED` repeats those of an earlier run.
    static let seed = number("ORCHESTRATOR_TEST_SEED", default: Int(UInt32.random(in: .min ... .max)))
}
