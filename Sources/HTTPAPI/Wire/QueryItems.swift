import APITypes
import DAGDomain
import Foundation
import Hummingbird

/// The items of a request's query, decoded once; a name may come several times.
struct QueryItems {
    static let maximumItems = 200

    private let items: [(name: String, value: String)]

    /// - Throws: `APIError.badRequest` for too many items, wrong percent-encoding, invalid UTF-8 or NUL.
    init(_ request: Request) throws {
        let parts = (request.uri.query ?? "").split(separator: "&")
        guard parts.count <= Self.maximumItems else { throw APIError.badRequest("too many query items") }
        items = try parts.map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count > 1 ? try Self.decode(pair[1]) : ""
            return (try Self.decode(pair[0]), value)
        }
    }

    /// A plus sign is a blank here (HTML forms), as FastAPI reads it.
    private static func decode(_ text: Substring) throws -> String {
        guard let decoded = text.replacing("+", with: " ").removingPercentEncoding, !decoded.contains("\0")
        else { throw APIError.badRequest("the query is not well encoded") }
        return decoded
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Each name once, in the order of their first items.
    var names: [String] {
        var seen: Set<String> = []
        return items.map(\.name).filter { seen.insert($0).inserted }
    }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// - Throws: `APIError.invalidBody` when the text is no integer or out of range.
    func int(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text) else {
            throw APIError.invalidBody([
                .query("int_parsing", name, "Input should be a valid integer", input: text)
            ])
        }
        guard range.contains(value) else {
            throw APIError.invalidBody([
                .query(
                    "out_of_range", name, "Input should be from \(range.lowerBound) to \(range.upperBound)",
                    input: text)
            ])
        }
        return value
    }

    func bool(_ name: String) throws -> Bool? {
        guard let text = self[name] else { return nil }
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default:
            throw APIError.invalidBody([
                .query("bool_parsing", name, "Input should be a valid boolean", input: text)
            ])
        }
    }

    func date(_ name: String) throws -> Timestamp? {
        guard let text = self[name] else { return nil }
        do {
            // A plus sign that was not encoded arrives as a blank: no instant has one before its offset.
            return try Timestamp(rfc3339: text.replacing(" ", with: text.contains("T") ? "+" : "T"))
        } catch {
            throw APIError.invalidBody([.query("datetime_parsing", name, "\(error)", input: text)])
        }
    }

    /// Words of a closed list, given several times or separated by commas.
    func words<Word: RawRepresentable<String> & CaseIterable>(_ name: String, of type: Word.Type) throws
        -> [Word]
    {
        try all(name).flatMap { $0.split(separator: ",") }.map { text in
            guard let word = Word(rawValue: String(text)) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError.invalidBody([
                    .query("enum", name, "Input should be one of \(known)", input: String(text))
                ])
            }
            return word
        }
    }

    /// `limit` and `offset`; Airflow clamps the limit to 100, our own lists may ask for 1000.
    func page(maximum: Int = 100) throws -> (limit: Int, offset: Int) {
        let limit = try int("limit", in: 0...Int.max) ?? 50
        return (min(limit, maximum), try int("offset", in: 0...Int.max) ?? 0)
    }
}
