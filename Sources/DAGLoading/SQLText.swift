/// Finds the places for parameters in a query, without knowing its grammar: quoted texts, quoted names and comments are
/// passed over.
package struct SQLText {
    package enum Placeholder: Hashable, Sendable {
        /// `:name`
        case named(String)
        /// `$1`
        case numbered(Int)
        /// `?`, which only SQLite has.
        case anonymous
    }

    private let bytes: [UInt8]
    /// In order, each with its bytes.
    package private(set) var placeholders: [(placeholder: Placeholder, range: Range<Int>)] = []
    /// Statements with anything in them.
    package private(set) var statementCount = 0
    private var place = 0
    private var isInsideStatement = false

    package init(_ text: String) {
        bytes = Array(text.utf8)
        while place < bytes.count { step() }
    }

    /// The names in order of their first appearance.
    package var names: [String] {
        var seen = Set<String>()
        return placeholders.compactMap {
            if case .named(let name) = $0.placeholder, seen.insert(name).inserted { name } else { nil }
        }
    }

    /// The highest `$n`; 0 without one.
    package var highestNumber: Int {
        placeholders.reduce(0) { highest, found in
            if case .numbered(let number) = found.placeholder { max(highest, number) } else { highest }
        }
    }

    package var anonymousCount: Int { placeholders.count { $0.placeholder == .anonymous } }

    /// The text with `$1`, `$2`, ... in place of names, numbered as in `names`: PostgreSQL knows no names.
    package var withNumbers: String {
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 + 1) })
        var result: [UInt8] = []
        var end = 0
        for (placeholder, range) in placeholders {
            guard case .named(let name) = placeholder, let number = numbers[name] else { continue }
            result += bytes[end..<range.lowerBound]
            result += Array("$\(number)".utf8)
            end = range.upperBound
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }

    // MARK: Scanning

    private func byte(_ offset: Int) -> UInt8 {
        bytes.indices.contains(place + offset) ? bytes[place + offset] : 0
    }

    private mutating func step() {
        let current = byte(0)
        switch current {
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"):
            while place < bytes.count, byte(0) != UInt8(ascii: "\n") { place += 1 }
            return
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
            skip(past: "*/")
            return
        case UInt8(ascii: ";"):
            isInsideStatement = false
            place += 1
            return
        case 0x09, 0x0A, 0x0D, 0x20:
            place += 1
            return
        default: break
        }
        if !isInsideStatement {
            isInsideStatement = true
            statementCount += 1
        }
        switch current {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuoted(current)
        case UInt8(ascii: "$"): readDollar()
        case UInt8(ascii: ":") where byte(1) == UInt8(ascii: ":"): place += 2
        case UInt8(ascii: ":"): readName()
        case UInt8(ascii: "?"):
            placeholders.append((.anonymous, place..<place + 1))
            place += 1
        case _ where current.isWord: skipWord()
        default: place += 1
        }
    }

    /// To behind a mark, or to the end.
    private mutating func skip(past mark: String) {
        let mark = Array(mark.utf8)
        place += 1
        while place < bytes.count {
            if bytes[place...].starts(with: mark) {
                place += mark.count
                return
            }
            place += 1
        }
    }

    /// A doubled quote is two quoted texts beside each other. `E'...'` has backslashes, as in PostgreSQL.
    private mutating func skipQuoted(_ quote: UInt8) {
        let before = place > 0 ? bytes[place - 1] : 0
        let startsWord = place < 2 || !bytes[place - 2].isWord
        let hasEscapes = quote == UInt8(ascii: "'") && (before | 0x20) == UInt8(ascii: "e") && startsWord
        place += 1
        while place < bytes.count, byte(0) != quote {
            place += hasEscapes && byte(0) == UInt8(ascii: "\\") ? 2 : 1
        }
        place += 1
    }

    private mutating func skipWord() {
        while place < bytes.count, byte(0).isWord { place += 1 }
    }

    /// `$1`, or a text between `$tag$` and `$tag$`.
    private mutating func readDollar() {
        var end = place + 1
        while end < bytes.count, bytes[end].isWord { end += 1 }
        let word = String(decoding: bytes[place + 1..<end], as: UTF8.self)
        if let number = Int(word) {
            placeholders.append((.numbered(number), place..<end))
            place = end
        } else if end < bytes.count, bytes[end] == UInt8(ascii: "$") {
            place = end
            skip(past: "$\(word)$")
        } else {
            place = end
        }
    }

    /// `:name`; not the colon of `a[1:n]`.
    private mutating func readName() {
        let before = place > 0 ? bytes[place - 1] : 0
        var end = place + 1
        while end < bytes.count, bytes[end].isWord { end += 1 }
        let first = byte(1)
        if !before.isWord, first.isWord, !(0x30...0x39).contains(first) {
            let name = String(decoding: bytes[place + 1..<end], as: UTF8.self)
            placeholders.append((.named(name), place..<end))
        }
        place = end
    }
}

extension UInt8 {
    /// A letter, a digit, `_`, or a part of a character beyond ASCII.
    fileprivate var isWord: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF: true
        default: false
        }
    }
}
