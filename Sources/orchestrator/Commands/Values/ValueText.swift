import Glibc

/// A value that is given as an argument, in a file, or on standard input.
enum ValueText {
    /// - Parameters:
    ///   - argument: the text itself; `-` is standard input.
    ///   - file: a path; `-` is standard input. One line end at the end of a file or of standard input is not part of
    ///     the value.
    /// - Returns: nil when neither is given.
    static func read(_ argument: String?, file: String?) throws(CommandFailure) -> String? {
        guard argument == nil || file == nil else {
            throw CommandFailure(.wrongUsage, "give the value either as an argument or in a file")
        }
        if let argument, argument != "-" { return argument }
        guard let path = file ?? argument else { return nil }
        let bytes =
            path == "-"
            ? try FileAccess.readAll(STDIN_FILENO, name: "standard input") : try FileAccess.read(path)
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.badData, "\(path == "-" ? "standard input" : path) is not UTF-8")
        }
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
