/// What is wrong with a duration, before the text is attached.
struct DurationFailure: Error {
    let reason: DurationTextError.Reason
}

/// The grammar of `DurationText.parse`, in microseconds.
///
/// Numbers are kept as decimal digits, so `0.1s` is exactly 100,000 microseconds. Digits finer than a
/// microsecond are dropped, but what is not zero never becomes zero.
struct DurationParser {
    private var reader: ASCIIReader

    init(_ text: String) {
        reader = ASCIIReader(text)
    }

    consuming func parse() throws(DurationFailure) -> Int128 {
        if reader.take(anyOf: "-") != nil {
            throw DurationFailure(reason: reader.takeDigit() != nil ? .negative : .malformed)
        }
        return reader.take(anyOf: "P") != nil ? try parseISO() : try parseUnits()
    }

    /// A plain number, or numbers with units, the longest unit first.
    private mutating func parseUnits() throws(DurationFailure) -> Int128 {
        var number = try takeNumber()
        if try takeExponent(into: &number) || reader.isAtEnd {
            guard reader.isAtEnd else { throw DurationFailure(reason: .malformed) }
            return try number.multiplied(by: 1_000_000)
        }
        var total: Int128 = 0
        var previous = Int.max
        while true {
            reader.skip(anyOf: " ")
            let unit = reader.takeLetters()
            let rank: Int
            let size: Int128
            switch unit {
            case "d": (rank, size) = (4, 86_400_000_000)
            case "h": (rank, size) = (3, 3_600_000_000)
            case "m": (rank, size) = (2, 60_000_000)
            case "s": (rank, size) = (1, 1_000_000)
            case "ms": (rank, size) = (0, 1_000)
            case "": throw DurationFailure(reason: .malformed)
            default: throw DurationFailure(reason: .unknownUnit(unit))
            }
            guard rank < previous else { throw DurationFailure(reason: .unitOrder(unit)) }
            previous = rank
            total += try number.multiplied(by: size)
            if reader.isAtEnd { return total }
            reader.skip(anyOf: " ")
            number = try takeNumber()
        }
    }

    /// ISO 8601 after the `P`: weeks, days, then `T` with hours, minutes and seconds.
    private mutating func parseISO() throws(DurationFailure) -> Int128 {
        var total: Int128 = 0
        var inTime = false
        var previous = Int.max
        var count = 0
        while !reader.isAtEnd {
            if !inTime, reader.take(anyOf: "T") != nil {
                inTime = true
                guard !reader.isAtEnd else { throw DurationFailure(reason: .malformed) }
            }
            let number = try takeNumber()
            let (rank, size) = try takeISOUnit(inTime: inTime)
            guard rank < previous else { throw DurationFailure(reason: .malformed) }
            previous = rank
            total += try number.multiplied(by: size)
            count += 1
        }
        guard count > 0 else { throw DurationFailure(reason: .malformed) }
        return total
    }

    private mutating func takeISOUnit(inTime: Bool) throws(DurationFailure) -> (Int, Int128) {
        switch (reader.takeLetter(), inTime) {
        case ("Y", false), ("M", false): throw DurationFailure(reason: .calendarUnit)
        case ("W", false): (5, 604_800_000_000)
        case ("D", false): (4, 86_400_000_000)
        case ("H", true): (3, 3_600_000_000)
        case ("M", true): (2, 60_000_000)
        case ("S", true): (1, 1_000_000)
        default: throw DurationFailure(reason: .malformed)
        }
    }

    /// Digits with an optional fraction.
    private mutating func takeNumber() throws(DurationFailure) -> DecimalNumber {
        var number = DecimalNumber()
        guard let first = reader.takeDigit() else { throw DurationFailure(reason: .malformed) }
        try number.append(first)
        while let digit = reader.takeDigit() { try number.append(digit) }
        guard reader.take(anyOf: ".") != nil else { return number }
        guard let tenth = reader.takeDigit() else { throw DurationFailure(reason: .malformed) }
        number.appendFraction(tenth)
        while let digit = reader.takeDigit() { number.appendFraction(digit) }
        return number
    }

    /// `e3`, `E-2` and the like; false when there is none.
    private mutating func takeExponent(into number: inout DecimalNumber) throws(DurationFailure) -> Bool {
        guard reader.take(anyOf: "eE") != nil else { return false }
        let sign = reader.take(anyOf: "+-")
        guard var exponent = reader.takeDigit() else { throw DurationFailure(reason: .malformed) }
        while let digit = reader.takeDigit() { exponent = min(exponent * 10 + digit, 1_000) }
        number.scale -= sign == UInt8(ascii: "-") ? -exponent : exponent
        return true
    }
}

/// A decimal number of up to 30 digits: `digits` / 10^`scale`.
private struct DecimalNumber {
    private var digits: Int128 = 0
    var scale = 0
    /// Whether digits other than zero were dropped because they are too fine to matter.
    private var lostDigits = false

    mutating func append(_ digit: Int) throws(DurationFailure) {
        guard digits < 1_000_000_000_000_000_000 else { throw DurationFailure(reason: .tooLong) }
        digits = digits * 10 + Int128(digit)
    }

    mutating func appendFraction(_ digit: Int) {
        guard scale < 12, digits < 1_000_000_000_000_000_000 else {
            lostDigits = lostDigits || digit != 0
            return
        }
        digits = digits * 10 + Int128(digit)
        scale += 1
    }

    /// The product, rounded down to a whole number; `unit` is at most a week in microseconds.
    func multiplied(by unit: Int128) throws(DurationFailure) -> Int128 {
        var product = digits * unit
        var remaining = scale
        while remaining > 0, product > 0 {
            product /= 10
            remaining -= 1
        }
        while remaining < 0, digits > 0 {
            guard product < 1_000_000_000_000_000_000_000 else { throw DurationFailure(reason: .tooLong) }
            product *= 10
            remaining += 1
        }
        if product == 0, digits > 0 || lostDigits { throw DurationFailure(reason: .tooFine) }
        return product
    }
}
