import DAGDomain

/// Masks a stream of bytes that comes in pieces, wherever they are cut: it holds back exactly the end that may be the
/// beginning of a secret. Secrets that overlap are one `***`.
package struct SecretMaskingStream: Sendable {
    private static let mask = Array(SensitiveNames.mask.utf8)

    private let automaton: SecretAutomaton?
    private var state: Int32 = 0
    /// Bytes taken so far.
    private var position = 0
    /// The bytes from `given` to `position`.
    private var held: [UInt8] = []
    /// Bytes handed on so far, masked or not.
    private var given = 0
    /// Secrets in what is held, in order and apart from each other.
    private var found: [Range<Int>] = []
    /// Where the secret ends of which the mask was handed on last.
    private var maskedEnd = 0

    package init(_ masker: SecretMasker) {
        automaton = masker.automaton
    }

    /// What can be handed on now.
    package mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        guard let automaton else { return Array(bytes) }
        for byte in bytes {
            state = automaton.next(state, byte)
            position += 1
            held.append(byte)
            let length = Int(automaton.matchLength[Int(state)])
            if length > 0 { note(position - length..<position) }
        }
        return give(before: position - Int(automaton.depth[Int(state)]))
    }

    /// What was held back; nothing more comes.
    package mutating func finish() -> [UInt8] {
        state = 0
        return give(before: position)
    }

    private mutating func note(_ range: Range<Int>) {
        guard range.lowerBound >= maskedEnd else { return extendMask(to: range.upperBound) }
        var range = range
        while let last = found.last, last.upperBound > range.lowerBound {
            range = min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
            found.removeLast()
        }
        found.append(range)
    }

    /// The secret whose mask is out already goes on, perhaps over others that were found.
    private mutating func extendMask(to end: Int) {
        maskedEnd = max(maskedEnd, end)
        while let first = found.first, first.lowerBound < maskedEnd {
            maskedEnd = max(maskedEnd, first.upperBound)
            found.removeFirst()
        }
    }

    private mutating func give(before end: Int) -> [UInt8] {
        guard end > given else { return [] }
        var result: [UInt8] = []
        result.reserveCapacity(end - given)
        let base = given
        while given < end {
            if given < maskedEnd {
                given = min(end, maskedEnd)
            } else if let next = found.first, next.lowerBound < end {
                result += held[(given - base)..<(next.lowerBound - base)]
                given = next.lowerBound
                result += Self.mask
                maskedEnd = next.upperBound
                found.removeFirst()
            } else {
                result += held[(given - base)..<(end - base)]
                given = end
            }
        }
        held.removeFirst(given - base)
        return result
    }
}
