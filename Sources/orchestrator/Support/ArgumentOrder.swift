/// Lets the global options stand before the command too, where people write them from habit.
enum ArgumentOrder {
    private static let valued: Set<String> = ["--home", "--dags", "--url", "--output"]
    private static let flags: Set<String> = ["--no-color"]

    /// The arguments with leading global options moved behind the rest (but before a `--`).
    static func globalOptionsLast(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            let name = first.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)[0]
            if flags.contains(first) || (valued.contains(String(name)) && first.contains("=")) {
                leading.append(first)
                rest = rest.dropFirst()
            } else if valued.contains(first), rest.count > 1 {
                leading += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        // Without a command the parser says what is missing.
        guard !leading.isEmpty, !rest.isEmpty else { return arguments }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + leading + Array(rest[end...])
    }
}
