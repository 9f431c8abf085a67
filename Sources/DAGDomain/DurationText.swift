/// Durations as people write them: `90s`, `5m`, `1h30m`, `250ms`, `1.5h`, `2d`, `PT1H30M`, `P1D`, `90`.
package enum DurationText {
    /// The longest duration that is accepted, 100 years of 365.25 days.
    package static let maximum = Duration.seconds(36_525 * 86_400)

    /// Reads any of the accepted forms; a plain number is seconds.
    package static func parse(_ text: String) throws(DurationTextError) -> Duration {
        let microseconds: Int128
        do throws(DurationFailure) {
            microseconds = try DurationParser(text).parse()
        } catch {
            throw DurationTextError(text: text, reason: error.reason)
        }
        guard microseconds <= Int128(maximum.microseconds) else {
            throw DurationTextError(text: text, reason: .tooLong)
        }
        return .microseconds(Int64(microseconds))
    }

    /// The duration for people, with two units at most: `1h 30m`, `2d 3h`, `4m 5s`, `2.4s`, `250ms`, `0.3ms`.
    package static func describe(_ duration: Duration) -> String {
        let microseconds = duration.microseconds
        guard microseconds >= 0 else { return "-" + describe(.microseconds(-microseconds)) }
        switch microseconds {
        case 0: return "0s"
        case ..<9_950: return tenths(of: 1_000, in: microseconds) + "ms"
        case ..<999_500: return "\((microseconds + 500) / 1_000)ms"
        case ..<59_950_000: return tenths(of: 1_000_000, in: microseconds) + "s"
        default: break
        }
        let seconds =
            (microseconds - microseconds % 1_000_000) / 1_000_000
            + (microseconds % 1_000_000 >= 500_000 ? 1 : 0)
        if seconds < 3_600 { return pair(seconds, (60, "m"), (1, "s")) }
        let minutes = (seconds + 30) / 60
        if minutes < 1_440 { return pair(minutes, (60, "h"), (1, "m")) }
        return pair((seconds + 1_800) / 3_600, (24, "d"), (1, "h"))
    }

    /// The duration without loss, in a form that `parse` reads: `1h30m`, `2d`, `1m0.5s`.
    package static func exact(_ duration: Duration) -> String {
        var rest = duration.microseconds
        guard rest >= 0 else { return "-" + exact(.microseconds(-rest)) }
        var text = ""
        for (size, unit) in [
            (86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"),
        ]
            as [(Int64, String)]
        where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        guard rest > 0 else { return text.isEmpty ? "0s" : text }
        var digits = String(rest % 1_000)
        digits = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return text + "\(rest / 1_000)" + (digits.isEmpty ? "" : "." + digits) + "ms"
    }

    /// A quantity rounded to tenths of a unit, without a final `.0`.
    private static func tenths(of unit: Int64, in quantity: Int64) -> String {
        let tenths = (quantity + unit / 20) / (unit / 10)
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// A quantity in a large and a small unit; the small part is left out when it is zero.
    private static func pair(_ quantity: Int64, _ large: (Int64, String), _ small: (Int64, String)) -> String
    {
        let rest = quantity % large.0
        return "\(quantity / large.0)\(large.1)" + (rest == 0 ? "" : " \(rest)\(small.1)")
    }
}

extension Duration {
    /// Reads a plain number of seconds as JSON writes numbers, for example `90`, `0.25` or `1e3`, without the
    /// detour over a binary fraction.
    package init(secondsText text: String) throws(DurationTextError) {
        guard text.utf8.first?.isASCIIDigit == true || text.hasPrefix("-"),
            text.utf8.allSatisfy({ $0.isASCIIDigit || "+-.eE".utf8.contains($0) })
        else { throw DurationTextError(text: text, reason: .malformed) }
        self = try DurationText.parse(text)
    }
}

/// Why a text is not a duration.
package struct DurationTextError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case malformed
        case unknownUnit(String)
        case unitOrder(String)
        case negative
        case calendarUnit
        case tooLong
        case tooFine
    }

    package let text: String
    package let reason: Reason

    package var description: String {
        let quoted = text.quotedForMessage
        let accepted =
            "write seconds as a number, or a text such as \"90s\", \"5m\", \"1h30m\", \"250ms\" "
            + "or \"PT1H30M\""
        return switch reason {
        case .malformed: "\(quoted) is not a duration; \(accepted)"
        case .unknownUnit(let unit):
            "\(quoted) is not a duration, \(unit.quotedForMessage) is not one of the units "
                + "d, h, m, s, ms; \(accepted)"
        case .unitOrder(let unit):
            "\(quoted) is not a duration, each unit may stand once, the longest first, and "
                + "\(unit.quotedForMessage) is out of order"
        case .negative: "\(quoted): a duration cannot be negative"
        case .calendarUnit: "\(quoted): a month and a year have no fixed length; use days (P30D)"
        case .tooLong: "\(quoted) is longer than 100 years"
        case .tooFine: "\(quoted) is shorter than a microsecond"
        }
    }
}
