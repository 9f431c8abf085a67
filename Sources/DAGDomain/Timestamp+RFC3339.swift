/// Why a text could not be read as an instant.
package struct TimestampFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case malformed, noSuchDate, noSuchTime, leapSecond, noSuchOffset, outOfRange
    }

    package let text: String
    package let reason: Reason

    package var description: String {
        let quoted = text.quotedForMessage
        return switch reason {
        case .malformed:
            "\(quoted) is not a time; write it like 2026-01-31T09:30:00Z, 2026-01-31T09:30:00+02:00 "
                + "or 2026-01-31"
        case .noSuchDate: "\(quoted) names a day that does not exist"
        case .noSuchTime: "\(quoted) names a time of day that does not exist (00:00:00 to 23:59:59)"
        case .leapSecond: "\(quoted) names a leap second; time is counted without them, use second 59"
        case .noSuchOffset: "\(quoted) has an offset from UTC outside -23:59 to +23:59"
        case .outOfRange: "\(quoted) lies outside the years 0000 to 9999 in UTC"
        }
    }
}

extension Timestamp {
    /// Reads an instant as RFC 3339 writes it. Beyond the standard: the seconds may be absent, a text without
    /// an offset is UTC, the offset may lack its colon, and a bare date is its midnight in UTC. Digits after
    /// the sixth of a fraction are dropped.
    package init(rfc3339 text: some StringProtocol) throws(TimestampFormatError) {
        var parser = InstantParser(reader: ASCIIReader(text))
        switch parser.parse() {
        case .success(let microseconds): self.init(microsecondsSinceEpoch: microseconds)
        case .failure(let failure): throw TimestampFormatError(text: String(text), reason: failure.reason)
        }
    }

    /// The instant in UTC with six digits of fraction, for example `2026-01-01T00:00:00.000000Z`.
    package var rfc3339: String {
        text(fraction: .always, zone: "Z")
    }

    /// The instant as it stands in run ids, for example `2026-01-01T00:00:00+00:00`, with a fraction of six
    /// digits only if there is one (Python's `isoformat`, which Airflow uses for run ids).
    package var runIDText: String {
        text(fraction: .ifAny, zone: "+00:00")
    }

    private enum Fraction { case always, ifAny }

    private func text(fraction: Fraction, zone: StaticString) -> String {
        let seconds = secondsSinceEpoch
        let days = seconds.flooredDivision(by: 86_400)
        let secondOfDay = Int(seconds - days * 86_400)
        let date = CivilDate(daysSinceEpoch: Int(days))
        // The product may pass the end of the range near `distantPast`; the difference is always small.
        let microseconds = Int(microsecondsSinceEpoch &- seconds &* 1_000_000)

        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        bytes.append(date.year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(date.month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(date.day, digits: 2)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(secondOfDay / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(secondOfDay / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(secondOfDay % 60, digits: 2)
        if fraction == .always || microseconds != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(microseconds, digits: 6)
        }
        zone.withUTF8Buffer { bytes.append(contentsOf: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends a number in decimal with at least `digits` digits.
    fileprivate mutating func append(_ number: Int, digits: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = count
        while rest > 0 || count - start < digits {
            insert(UInt8(ascii: "0") + UInt8(rest % 10), at: start)
            rest /= 10
        }
    }
}

/// The grammar of `Timestamp(rfc3339:)`: date, time and offset, one function each.
private struct InstantParser {
    struct Failure: Error {
        let reason: TimestampFormatError.Reason
    }

    var reader: ASCIIReader

    /// Microseconds since the epoch, or what is wrong.
    mutating func parse() -> Result<Int64, Failure> {
        Result { () throws(Failure) -> Int64 in
            var seconds = try date() * 86_400
            var microseconds = 0
            if !reader.isAtEnd {
                guard reader.take(anyOf: "Tt ") != nil else { throw Failure(reason: .malformed) }
                seconds += try timeOfDay()
                microseconds = try fraction()
                seconds -= try offset()
            }
            guard reader.isAtEnd else { throw Failure(reason: .malformed) }
            guard (0...9999).contains(CivilDate(daysSinceEpoch: seconds.flooredDivision(by: 86_400)).year)
            else {
                throw Failure(reason: .outOfRange)
            }
            return Int64(seconds) * 1_000_000 + Int64(microseconds)
        }
    }

    private mutating func number(_ digits: Int) throws(Failure) -> Int {
        guard let value = reader.takeNumber(digits: digits) else { throw Failure(reason: .malformed) }
        return value
    }

    private mutating func expect(_ byte: StaticString) throws(Failure) {
        guard reader.take(anyOf: byte) != nil else { throw Failure(reason: .malformed) }
    }

    /// Days since the epoch.
    private mutating func date() throws(Failure) -> Int {
        let year = try number(4)
        try expect("-")
        let month = try number(2)
        try expect("-")
        let day = try number(2)
        guard let date = CivilDate(year: year, month: month, day: day) else {
            throw Failure(reason: .noSuchDate)
        }
        return date.daysSinceEpoch
    }

    /// Seconds since midnight.
    private mutating func timeOfDay() throws(Failure) -> Int {
        let hour = try number(2)
        try expect(":")
        let minute = try number(2)
        let second = reader.take(anyOf: ":") == nil ? 0 : try number(2)
        guard second != 60 else { throw Failure(reason: .leapSecond) }
        guard hour <= 23, minute <= 59, second <= 59 else { throw Failure(reason: .noSuchTime) }
        return hour * 3_600 + minute * 60 + second
    }

    /// Microseconds after the second.
    private mutating func fraction() throws(Failure) -> Int {
        guard reader.take(anyOf: ".") != nil else { return 0 }
        guard let first = reader.takeDigit() else { throw Failure(reason: .malformed) }
        var microseconds = first
        var digits = 1
        while let digit = reader.takeDigit() {
            if digits < 6 {
                microseconds = microseconds * 10 + digit
                digits += 1
            }
        }
        while digits < 6 {
            microseconds *= 10
            digits += 1
        }
        return microseconds
    }

    /// Seconds east of UTC; zero when the text ends here.
    private mutating func offset() throws(Failure) -> Int {
        if reader.isAtEnd || reader.take(anyOf: "Zz") != nil { return 0 }
        guard let sign = reader.take(anyOf: "+-") else { throw Failure(reason: .malformed) }
        let hours = try number(2)
        _ = reader.take(anyOf: ":")
        let minutes = try number(2)
        guard hours <= 23, minutes <= 59 else { throw Failure(reason: .noSuchOffset) }
        let seconds = hours * 3_600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}
