/// Lines of a file that a task wrote, split by bytes: to Swift a carriage return and a line feed are one character, and
/// a combining mark joins the character before it.
enum TextLines {
    /// The lines without their ends (line feed, or carriage return and line feed); nil when the bytes are not UTF-8.
    static func lines(of bytes: [UInt8]) -> [Substring]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
    }
}
