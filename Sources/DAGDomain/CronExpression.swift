/// A cron expression of five fields, read once and kept as bit masks: which minutes, hours, days, months.
///
/// Where crons differ, these are our rules:
/// - A day must satisfy both day fields if one of them starts with `*` (so `*/2` counts), else one is enough,
///   as in Vixie cron. `n/s` runs from n to the end of the field; 7 is Sunday; a range never runs backwards.
/// - Day of month also takes `L`, `LW` and `nW` (which never leaves the month), day of week `dL` and `d#1` to
///   `d#5`.
/// - `?`, `H`, `L-n`, seconds, years, zones and any preset but Airflow's are refused, and so is an expression
///   that no day satisfies.
///
/// What happens when a wall-clock time is missing or repeated is decided by `Timetable`.
package struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    /// The expression as it was written, without surrounding blanks.
    package let text: String

    /// Bit m is minute m.
    package var minutes: UInt64 { fields.minutes }
    /// Bit h is hour h.
    package var hours: UInt32 { fields.hours }
    /// Whether the minute or hour field starts with `*`: such an expression follows elapsed time through
    /// changes of the clock, any other one keeps to the hands of the clock.
    package var isWildcard: Bool { fields.isWildcard }

    private let fields: Fields

    package static let maximumLength = 256

    /// Reads an expression or a preset such as `@daily`.
    package init(_ text: String) throws(CronExpressionError) {
        let (trimmed, fields) = try CronExpressionParser(text).parse()
        self.text = trimmed
        self.fields = fields
        guard hasAnyDay else { throw CronExpressionError(expression: text, problem: .neverFires) }
    }

    package var description: String { text }

    /// The days of a month on which the expression fires, bit d for day d; `month` is 1 to 12.
    package func days(inMonth month: Int, ofYear year: Int) -> UInt32 {
        fields.days(inMonth: month, ofYear: year)
    }

    /// No combination of month, day and weekday that exists at all stays away for longer than 40 years (29
    /// February on a given weekday, across 2100), so 50 years decide.
    private var hasAnyDay: Bool {
        (2000..<2050).contains { year in
            (1...12).contains { month in days(inMonth: month, ofYear: year) != 0 }
        }
    }
}

extension CronExpression {
    /// What the five fields say.
    struct Fields: Hashable, Sendable {
        var minutes: UInt64 = 0
        var hours: UInt32 = 0
        /// Bit d is day d.
        var daysOfMonth: UInt32 = 0
        /// Bit m is month m.
        var months: UInt16 = 0
        /// Bit w is weekday w, 0 is Sunday.
        var weekdays: UInt8 = 0

        /// `L`: the last day of the month.
        var lastDay = false
        /// `LW`: the last Monday to Friday of the month.
        var lastWorkday = false
        /// `nW`, bit n: the Monday to Friday nearest to day n.
        var nearestWorkdays: UInt32 = 0
        /// `dL`, bit d: the last such weekday of the month.
        var lastWeekdays: UInt8 = 0
        /// `d#n`, bit n of element d: the n-th such weekday of the month.
        var occurrences = [UInt8](repeating: 0, count: 7)

        var isWildcard = false
        /// Whether a day must satisfy both day fields or just one.
        var needsBothDayFields = false
    }
}

extension CronExpression.Fields {
    func days(inMonth month: Int, ofYear year: Int) -> UInt32 {
        guard months & (1 << UInt16(month)) != 0,
            let first = CivilDate(year: year, month: month, day: 1)
        else { return 0 }
        let length = CivilDate.daysIn(month: month, ofYear: year)
        let shape = MonthShape(firstWeekday: first.weekday, length: length)
        let byDate = days(byDateIn: shape)
        let byWeekday = days(byWeekdayIn: shape)
        return needsBothDayFields ? byDate & byWeekday : byDate | byWeekday
    }

    private func days(byDateIn shape: MonthShape) -> UInt32 {
        var result = daysOfMonth & shape.allDays
        if lastDay { result |= 1 << UInt32(shape.length) }
        if lastWorkday { result |= 1 << UInt32(shape.workday(nearestTo: shape.length)) }
        var rest = nearestWorkdays & shape.allDays
        while rest != 0 {
            let day = rest.trailingZeroBitCount
            result |= 1 << UInt32(shape.workday(nearestTo: day))
            rest &= rest - 1
        }
        return result
    }

    private func days(byWeekdayIn shape: MonthShape) -> UInt32 {
        var result: UInt32 = 0
        for weekday in 0..<7 {
            let all = shape.days(onWeekday: weekday)
            let bit = UInt8(1) << UInt8(weekday)
            if weekdays & bit != 0 { result |= all }
            if lastWeekdays & bit != 0 { result |= 1 << UInt32(31 - all.leadingZeroBitCount) }
            let first = all.trailingZeroBitCount
            for number in 1...5 where occurrences[weekday] & (1 << UInt8(number)) != 0 {
                result |= all & (1 << UInt32(first + 7 * (number - 1)))
            }
        }
        return result
    }
}

/// What decides on which days of a month an expression fires: the weekday of the first, and the length.
private struct MonthShape {
    let firstWeekday: Int
    let length: Int

    /// Bits 1 to `length`.
    var allDays: UInt32 { UInt32.max >> UInt32(31 - length) & ~1 }

    /// The four or five days on a weekday, as bits.
    func days(onWeekday weekday: Int) -> UInt32 {
        let first = 1 + (weekday - firstWeekday + 7) % 7
        let everySeventh: UInt32 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28
        return everySeventh << UInt32(first) & allDays
    }

    /// The Monday to Friday nearest to a day, without leaving the month.
    func workday(nearestTo day: Int) -> Int {
        switch (firstWeekday + day - 1) % 7 {
        case 6: day > 1 ? day - 1 : day + 2
        case 0: day < length ? day + 1 : day - 2
        default: day
        }
    }
}
