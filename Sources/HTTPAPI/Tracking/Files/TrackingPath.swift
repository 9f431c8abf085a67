import Foundation

/// A place below the folder of uploaded files, in parts that are plain names.
struct TrackingPath: Hashable, Sendable {
    let parts: [String]

    /// - Parameter text: decoded; empty for the folder itself.
    /// - Throws: `TrackingError` for anything that could lead elsewhere, also when it is decoded once more.
    init(_ text: String) throws(TrackingError) {
        var current = text
        for _ in 0..<8 {
            guard Self.isSafe(current) else { throw .invalid("Invalid path") }
            guard let next = current.removingPercentEncoding, next != current else { break }
            current = next
        }
        parts = text.split(separator: "/").map(String.init)
        guard parts.count <= 64, parts.allSatisfy({ $0.utf8.count <= 255 }) else {
            throw .invalid("Invalid path: too long")
        }
    }

    private init(parts: [String]) {
        self.parts = parts
    }

    /// Absolute paths and steps upwards; a part that is only a dot names the same folder twice.
    private static func isSafe(_ text: String) -> Bool {
        !text.hasPrefix("/") && !text.utf8.contains(0) && !text.contains("\\")
            && text.split(separator: "/").allSatisfy { $0 != "." && $0 != ".." }
    }

    static func + (base: TrackingPath, rest: TrackingPath) -> TrackingPath {
        TrackingPath(parts: base.parts + rest.parts)
    }

    /// A name that was found in the folder.
    static func + (base: TrackingPath, names: [String]) -> TrackingPath {
        TrackingPath(parts: base.parts + names)
    }

    /// The folder it lies in, and its name there; nil for the folder itself.
    var split: (folder: TrackingPath, name: String)? {
        parts.last.map { (TrackingPath(parts: parts.dropLast()), $0) }
    }
}
