/// Days on which a schedule does not tick, in the DAG's zone: dates, ranges of dates, days of the week.
///
/// Days are counted since 1970-01-01, which was a Thursday. What is asked of it never looks at days one by
/// one, so a range may be as long as it likes.
package struct ScheduleCalendar: Hashable, Sendable {
    /// The most dates and ranges that one calendar may have.
    package static let maximumExclusions = 1_000

    /// Sorted; neither overlapping nor touching.
    private let ranges: [ClosedRange<Int>]
    /// A bit for each day of the week, Sunday first.
    private let weekdays: UInt8

    /// - Precondition: not all seven days of the week are excluded; then there would be no tick at all.
    package init(excluding ranges: [ClosedRange<Int>] = [], weekdays: Set<Weekday> = []) {
        precondition(weekdays.count < Weekday.allCases.count, "a calendar without a single day")
        var merged: [ClosedRange<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
        self.weekdays = weekdays.reduce(0) { $0 | 1 << UInt8($1.number) }
    }

    package var isEmpty: Bool { ranges.isEmpty && weekdays == 0 }

    package func excludes(day: Int) -> Bool {
        isExcludedWeekday(day) || range(holding: day) != nil
    }

    /// The last day of the unbroken row of excluded days that begins with a day; nil when it is not excluded.
    package func lastExcludedDay(from day: Int) -> Int? {
        var last: Int?
        var current = day
        while true {
            if let range = range(holding: current) {
                current = range.upperBound
            } else if !isExcludedWeekday(current) {
                return last
            }
            last = current
            current += 1
        }
    }

    /// The first day of the unbroken row of excluded days that ends with a day; nil when it is not excluded.
    package func firstExcludedDay(downFrom day: Int) -> Int? {
        var first: Int?
        var current = day
        while true {
            if let range = range(holding: current) {
                current = range.lowerBound
            } else if !isExcludedWeekday(current) {
                return first
            }
            first = current
            current -= 1
        }
    }

    /// The first excluded day that is not before a day; nil when there is none.
    package func nextExcludedDay(onOrAfter day: Int) -> Int? {
        if range(holding: day) != nil { return day }
        let weekday = weekdays == 0 ? nil : (day...day + 6).first { isExcludedWeekday($0) }
        let following = firstRange(endingOnOrAfter: day)?.lowerBound
        return [weekday, following].compactMap { $0 }.min()
    }

    private func isExcludedWeekday(_ day: Int) -> Bool {
        weekdays != 0 && weekdays & 1 << UInt8(Weekday(ofDay: day).number) != 0
    }

    private func range(holding day: Int) -> ClosedRange<Int>? {
        firstRange(endingOnOrAfter: day).flatMap { $0.contains(day) ? $0 : nil }
    }

    private func firstRange(endingOnOrAfter day: Int) -> ClosedRange<Int>? {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < day { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count ? ranges[low] : nil
    }
}

/// A day of the week, as DAG files write it.
package enum Weekday: String, Hashable, Sendable, CaseIterable {
    case sunday = "sun"
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"

    /// 0 for Sunday.
    package var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The day of the week of a day counted since 1970-01-01.
    package init(ofDay day: Int) {
        self = Self.allCases[CivilDate(daysSinceEpoch: day).weekday]
    }
}
