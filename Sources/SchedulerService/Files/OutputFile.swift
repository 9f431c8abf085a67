import DAGDomain
import JSONText

/// The file behind `ORCHESTRATOR_OUTPUT`: `name=value` lines, or `name<<MARK`, lines, `MARK`.
///
/// The text after the first `=` is a JSON value if it reads as one, else a string as it stands. The last line of a
/// name wins; names keep the order of their first appearance.
enum OutputFile {
    static let sizeLimitBytes = 1024 * 1024

    /// What is wrong with the file, for the person who wrote the task.
    struct Problem: Error, Equatable {
        let text: String
    }

    static func parse(_ bytes: [UInt8]) throws(Problem) -> [TaskOutput] {
        guard let lines = TextLines.lines(of: bytes) else {
            throw Problem(text: "the output file is not UTF-8")
        }
        return try parse(lines[...])
    }

    private static func parse(_ allLines: ArraySlice<Substring>) throws(Problem) -> [TaskOutput] {
        var outputs = JSONObject()
        var lines = allLines
        var number = 0
        while let line = lines.popFirst() {
            number += 1
            if line.isEmpty { continue }
            if let (name, mark) = heredoc(line) {
                let start = number
                guard let end = lines.firstIndex(where: { $0 == mark }) else {
                    throw Problem(
                        text:
                            "line \(start) of the output file: the text of `\(name)` never ends with `\(mark)`"
                    )
                }
                let body = lines[lines.startIndex..<end]
                number += body.count + 1
                lines = lines[(end + 1)...]
                outputs[try checked(name, line: start)] = .string(body.joined(separator: "\n"))
            } else {
                let (name, value) = try assignment(line, number: number)
                outputs[name] = value
            }
        }
        return outputs.map { TaskOutput(name: $0.key, value: $0.value) }
    }

    /// `name<<MARK`, unless an `=` comes first.
    private static func heredoc(_ line: Substring) -> (name: Substring, mark: Substring)? {
        guard let place = line.range(of: "<<") else { return nil }
        let name = line[..<place.lowerBound]
        let mark = line[place.upperBound...]
        return name.utf8.contains(UInt8(ascii: "=")) || mark.isEmpty ? nil : (name, mark)
    }

    private static func assignment(
        _ line: Substring, number: Int
    ) throws(Problem) -> (name: String, value: JSONValue) {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            throw Problem(
                text:
                    "line \(number) of the output file has no `=`: write name=value, not `\(line.prefix(60))`"
            )
        }
        let name = try checked(line[..<equals], line: number)
        let text = String(line[line.utf8.index(after: equals)...])
        return (name, (try? JSONValue.parse(text)) ?? .string(text))
    }

    private static func checked(_ name: Substring, line: Int) throws(Problem) -> String {
        guard TaskID(String(name)).isValidName else {
            throw Problem(
                text:
                    "line \(line) of the output file: `\(name.prefix(60))` is not a name (letters, digits, _ . -)"
            )
        }
        return String(name)
    }
}

extension Substring {
    /// The first place of `pattern`, byte by byte.
    fileprivate func range(of pattern: String) -> Range<Index>? {
        let pattern = Array(pattern.utf8)
        var start = startIndex
        while start < endIndex {
            if utf8[start...].starts(with: pattern) {
                return start..<utf8.index(start, offsetBy: pattern.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
