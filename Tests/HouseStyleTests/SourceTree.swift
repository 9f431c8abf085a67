import Foundation

/// The Swift files of the project, as text, for the tests that hold them to the house's rules.
struct SourceFile {
    let room: String
    /// Relative to the project's folder.
    let path: String
    let lines: [String]

    /// The lines without comments, so that prose may name what code may not.
    var code: [(number: Int, text: String)] {
        lines.enumerated().compactMap { index, line in
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            return trimmed.hasPrefix("//") ? nil : (index + 1, line)
        }
    }

    var imports: [String] {
        code.compactMap { line -> String? in
            let words = line.text.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), words.indices.contains(place + 1),
                words[..<place].allSatisfy({ $0.hasPrefix("@") || $0 == "package" || $0 == "internal" })
            else { return nil }
            return words[(place + 1)...].last.map(String.init)
        }
    }
}

enum SourceTree {
    static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below `folder` ("Sources" or "Tests"); the room is the first folder below it.
    static func files(below folder: String) throws -> [SourceFile] {
        let root = project.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
        return try walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            return SourceFile(
                room: String(path.split(separator: "/").first ?? ""), path: "\(folder)/\(path)",
                lines: text.components(separatedBy: "\n"))
        }
    }
}
