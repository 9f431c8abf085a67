import DAGDomain

extension WallClockTicks {
    /// The number of ticks at or after `from` and before `end`, instants of several expressions counted once.
    ///
    /// Whole days are not walked through: days on which the same expressions fire have the same number of
    /// ticks.
    func count(from: Int64, before end: Int64) -> Int {
        guard from < end, !expressions.isEmpty else { return 0 }
        // The calendar repeats itself, weekdays included, every 400 years: a span of ages is a few cycles.
        let cycle: Int64 = 146_097 * 86_400
        if end - from > 2 * cycle {
            let cycles = (end - from) / cycle
            return Int(cycles) * count(from: from, before: from + cycle)
                + count(from: from + cycles * cycle, before: end)
        }
        let first = MinuteOfCalendar(atOrAfterSecond: from)
        let last = MinuteOfCalendar(beforeSecond: end)
        guard first.second <= last.second else { return 0 }

        var fullDays: [UInt64: Int] = [:]
        var total = 0
        var month = MonthOfTicks(of: expressions, holding: first.day)
        for day in first.day...last.day {
            if day >= month.end { month = MonthOfTicks(of: expressions, holding: day) }
            let active = month.active(on: day)
            guard active != 0 else { continue }
            let firstMinute = day == first.day ? first.minute : 0
            let lastMinute = day == last.day ? last.minute : 1_439
            if firstMinute == 0, lastMinute == 1_439 {
                let known = fullDays[active]
                let count = known ?? self.count(active: active, minutes: 0...1_439)
                if known == nil { fullDays[active] = count }
                total += count
            } else {
                total += count(active: active, minutes: firstMinute...lastMinute)
            }
        }
        return total
    }

    /// The ticks within a day on which the expressions of the bit set `active` fire.
    private func count(active: UInt64, minutes range: ClosedRange<Int>) -> Int {
        var total = 0
        for hour in range.lowerBound / 60...range.upperBound / 60 {
            var minutes: UInt64 = 0
            for (index, expression) in expressions.enumerated()
            where active & (1 << UInt64(index)) != 0 && expression.hours & (1 << UInt32(hour)) != 0 {
                minutes |= expression.minutes
            }
            if hour == range.lowerBound / 60 { minutes &= UInt64.max << UInt64(range.lowerBound % 60) }
            if hour == range.upperBound / 60 { minutes &= UInt64.max >> UInt64(63 - range.upperBound % 60) }
            total += minutes.nonzeroBitCount
        }
        return total
    }
}

/// The days of one month on which each of several expressions fires.
private struct MonthOfTicks {
    private let start: Int
    /// The first day after the month, counted since the epoch.
    let end: Int
    private let days: [UInt32]

    init(of expressions: [CronExpression], holding day: Int) {
        let date = CivilDate(daysSinceEpoch: day)
        start = day - date.day + 1
        end = start + CivilDate.daysIn(month: date.month, ofYear: date.year)
        days = expressions.map { $0.days(inMonth: date.month, ofYear: date.year) }
    }

    /// The expressions that fire on a day, as a bit set of their indices.
    func active(on day: Int) -> UInt64 {
        let bit = UInt32(1) << UInt32(day - start + 1)
        var result: UInt64 = 0
        for (index, days) in days.enumerated() where days & bit != 0 {
            result |= 1 << UInt64(index)
        }
        return result
    }
}
