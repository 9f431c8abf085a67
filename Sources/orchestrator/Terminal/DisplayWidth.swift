extension Unicode.Scalar {
    /// Columns that a terminal gives to the scalar: 0, 1 or 2 (after Unicode Standard Annex 11; emoji are
    /// wide).
    fileprivate var columns: Int {
        if value < 0x7F { return value < 0x20 ? 0 : 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .surrogate: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return properties.isEmojiPresentation ? 2 : 1
        }
    }
}

extension Character {
    /// The widest scalar of a cluster decides; U+FE0F asks for the wide picture.
    fileprivate var columns: Int {
        let widest = unicodeScalars.reduce(0) { max($0, $1.columns) }
        return unicodeScalars.contains("\u{FE0F}") ? 2 : widest
    }
}

extension StringProtocol {
    /// Columns on a terminal, for text without control sequences.
    var displayWidth: Int {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.columns }
    }

    /// The text cut to at most `width` columns, the last of them an ellipsis where something was cut.
    func truncated(toWidth width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in self {
            let columns = character.columns
            guard used + columns <= width - 1 else { break }
            result.append(character)
            used += columns
        }
        return result + "…"
    }

    /// The text with blanks after it up to `width` columns.
    func padded(toWidth width: Int) -> String {
        let missing = width - displayWidth
        return missing > 0 ? self + String(repeating: " ", count: missing) : String(self)
    }

    /// The text on one line, without anything that could drive a terminal: control and direction characters
    /// become blanks or vanish, escape sequences of other programs lose their first byte and their
    /// parameters.
    var withoutControls: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 < 0x80 }) { return String(self) }
        var cleaner = ControlRemover()
        for scalar in unicodeScalars { cleaner.take(scalar) }
        return cleaner.text
    }
}

/// Drops control characters and ECMA-48 sequences (`ESC [ ... final`, `ESC ] ... BEL`) from a text.
private struct ControlRemover {
    private enum State { case text, escape, sequence, string }

    private(set) var text = ""
    private var state = State.text

    mutating func take(_ scalar: Unicode.Scalar) {
        switch state {
        case .text: takeText(scalar)
        case .escape: state = scalar == "[" ? .sequence : scalar == "]" ? .string : .text
        case .sequence: if (0x40...0x7E).contains(scalar.value) { state = .text }
        case .string:
            if scalar.value == 0x07 || scalar.value == 0x9C { state = .text }
            if scalar.value == 0x1B { state = .escape }
        }
    }

    private mutating func takeText(_ scalar: Unicode.Scalar) {
        if scalar.value == 0x1B {
            state = .escape
            return
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: if scalar.value != 0x0D { text += " " }
        case .surrogate: break
        case .format: if scalar.value == 0x200D { text.unicodeScalars.append(scalar) }
        default: text.unicodeScalars.append(scalar)
        }
    }
}
