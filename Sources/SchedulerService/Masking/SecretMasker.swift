import DAGDomain
import Foundation
import JSONText

/// Finds secrets in bytes and texts and puts `***` in their places.
///
/// A secret is also found percent-encoded, as JSON text, line by line, and in base 64 at any of its three alignments
/// (`Authorization: Basic ...`). Texts under `minimumLength` are not masked, as in Airflow: they would mask everything.
package struct SecretMasker: Sendable {
    package static let minimumLength = 5
    /// Base 64 of fewer letters would be found by chance.
    private static let minimumEncodedLength = 8
    /// A single line of a longer secret is worth hiding from this length on.
    private static let minimumLineLength = 16

    let automaton: SecretAutomaton?

    package init(secrets: some Sequence<String>) {
        var patterns = Set<[UInt8]>()
        for secret in secrets where secret.utf8.count >= Self.minimumLength {
            patterns.formUnion(Self.forms(of: secret))
        }
        automaton = patterns.isEmpty ? nil : SecretAutomaton(patterns)
    }

    /// Whether there is nothing to look for.
    package var isEmpty: Bool { automaton == nil }

    /// How far a secret can reach over the edge of a piece.
    package var reach: Int { automaton.map { Int($0.depth.max() ?? 0) } ?? 0 }

    /// Where secrets lie in bytes, in order and apart from each other, and how many bytes at the end may be the
    /// beginning of one that goes on.
    package func secrets(in bytes: [UInt8]) -> (ranges: [Range<Int>], openEnd: Int) {
        guard let automaton else { return ([], 0) }
        var ranges: [Range<Int>] = []
        var state: Int32 = 0
        for (place, byte) in bytes.enumerated() {
            state = automaton.next(state, byte)
            let length = Int(automaton.matchLength[Int(state)])
            guard length > 0 else { continue }
            var range = (place + 1 - length)..<(place + 1)
            while let last = ranges.last, last.upperBound > range.lowerBound {
                range = min(last.lowerBound, range.lowerBound)..<range.upperBound
                ranges.removeLast()
            }
            ranges.append(range)
        }
        return (ranges, Int(automaton.depth[Int(state)]))
    }

    /// A part of some bytes with its secrets masked, also those that reach over its edges.
    package func masked(_ part: Range<Int>, of bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var place = part.lowerBound
        for range in secrets(in: bytes).ranges where range.overlaps(part) {
            if range.lowerBound > place { result += bytes[place..<range.lowerBound] }
            result += SensitiveNames.mask.utf8
            place = min(range.upperBound, part.upperBound)
        }
        if place < part.upperBound { result += bytes[place..<part.upperBound] }
        return result
    }

    package func masked(_ text: String) -> String {
        guard automaton != nil else { return text }
        var stream = SecretMaskingStream(self)
        let bytes = stream.take(Array(text.utf8)) + stream.finish()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Masks every text in a value; a number is masked as the text it is written as.
    package func masked(_ value: JSONValue) -> JSONValue {
        guard automaton != nil else { return value }
        switch value {
        case .null, .bool: return value
        case .integer, .number:
            let text = value.text()
            let masked = masked(text)
            return masked == text ? value : .string(masked)
        case .string(let text): return .string(masked(text))
        case .array(let elements): return .array(elements.map { masked($0) })
        case .object(let members): return .object(masked(members))
        }
    }

    package func masked(_ object: JSONObject) -> JSONObject {
        guard automaton != nil else { return object }
        return JSONObject(object.map { (masked($0.key), masked($0.value)) })
    }

    private static func forms(of secret: String) -> Set<[UInt8]> {
        let bytes = Array(secret.utf8)
        var forms: Set<[UInt8]> = [
            bytes, Array(secret.percentEncoded.utf8), Array(secret.percentEncoded(keeping: "/").utf8),
            Array(JSONValue.string(secret).text().utf8.dropFirst().dropLast()),
        ]
        for line in secret.split(whereSeparator: \.isNewline) where line.utf8.count >= minimumLineLength {
            forms.insert(Array(line.utf8))
        }
        for shift in 0..<3 {
            let encoded = Array(
                Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString().utf8)
            // Only letters all of whose six bits are the secret's.
            let whole = encoded[((shift * 8 + 5) / 6)..<((shift + bytes.count) * 8 / 6)]
            guard whole.count >= minimumEncodedLength else { continue }
            forms.insert(Array(whole))
            // The alphabet for URLs (RFC 4648 section 5).
            forms.insert(
                whole.map { byte in
                    switch byte {
                    case UInt8(ascii: "+"): UInt8(ascii: "-")
                    case UInt8(ascii: "/"): UInt8(ascii: "_")
                    default: byte
                    }
                })
        }
        return forms
    }
}
