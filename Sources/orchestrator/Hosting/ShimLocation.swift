import Glibc

/// Where the attempt supervisor is: beside this program, unless the setting `shim` says otherwise.
enum ShimLocation {
    static func path(chosen: String?) -> String {
        chosen ?? programFolder + "/orchestrator-shim"
    }

    private static var programFolder: String {
        let program = FileAccess.resolved("/proc/self/exe")
        guard let slash = program.lastIndex(of: "/") else { return "." }
        return String(program[..<slash])
    }
}
