import DAGDomain

/// The instants of cron expressions on a clock that never changes: the hands alone, counted in seconds as
/// though they were UTC. `CronTicks` puts the zone on top.
struct WallClockTicks: Hashable, Sendable {
    let expressions: [CronExpression]

    /// The earliest tick at or after `from` and before `end`.
    func first(from: Int64, before end: Int64) -> Int64? {
        var best: Int64?
        for expression in expressions {
            best = Self.first(of: expression, from: from, before: best ?? end) ?? best
        }
        return best
    }

    /// The latest tick at or after `from` and before `end`.
    func last(from: Int64, before end: Int64) -> Int64? {
        var best: Int64?
        for expression in expressions {
            // What a later expression must beat: a tick after the best one so far.
            best = Self.last(of: expression, from: best.map { $0 + 60 } ?? from, before: end) ?? best
        }
        return best
    }

    private static func first(of expression: CronExpression, from: Int64, before end: Int64) -> Int64? {
        guard from < end else { return nil }
        let start = MinuteOfCalendar(atOrAfterSecond: from)
        var date = CivilDate(daysSinceEpoch: start.day)
        var days = expression.days(inMonth: date.month, ofYear: date.year)
        if days & (1 << UInt32(date.day)) != 0,
            let minute = expression.firstMinute(atOrAfter: start.minute)
        {
            return MinuteOfCalendar(day: start.day, minute: minute).second(before: end)
        }
        days &= (UInt32.max << UInt32(date.day)) << 1
        while days == 0 {
            date = date.firstOfNextMonth
            guard MinuteOfCalendar(day: date.daysSinceEpoch, minute: 0).second < end else { return nil }
            days = expression.days(inMonth: date.month, ofYear: date.year)
        }
        guard let minute = expression.firstMinute(atOrAfter: 0) else { return nil }
        let day = date.daysSinceEpoch + days.trailingZeroBitCount - date.day
        return MinuteOfCalendar(day: day, minute: minute).second(before: end)
    }

    private static func last(of expression: CronExpression, from: Int64, before end: Int64) -> Int64? {
        guard from < end else { return nil }
        let start = MinuteOfCalendar(beforeSecond: end)
        var date = CivilDate(daysSinceEpoch: start.day)
        var days = expression.days(inMonth: date.month, ofYear: date.year)
        if days & (1 << UInt32(date.day)) != 0,
            let minute = expression.lastMinute(atOrBefore: start.minute)
        {
            return MinuteOfCalendar(day: start.day, minute: minute).second(from: from)
        }
        days &= (1 << UInt32(date.day)) - 1
        while days == 0 {
            guard MinuteOfCalendar(day: date.daysSinceEpoch - date.day + 1, minute: 0).second > from else {
                return nil
            }
            date = date.lastOfPreviousMonth
            days = expression.days(inMonth: date.month, ofYear: date.year)
        }
        guard let minute = expression.lastMinute(atOrBefore: 1_439) else { return nil }
        let day = date.daysSinceEpoch + 31 - days.leadingZeroBitCount - date.day
        return MinuteOfCalendar(day: day, minute: minute).second(from: from)
    }
}

/// A minute of a wall clock: the day since the epoch and the minute of that day.
struct MinuteOfCalendar {
    let day: Int
    let minute: Int

    init(day: Int, minute: Int) {
        self.day = day
        self.minute = minute
    }

    init(minutesSinceEpoch: Int64) {
        let day = minutesSinceEpoch.flooredDivision(by: 1_440)
        self.init(day: Int(day), minute: Int(minutesSinceEpoch - day * 1_440))
    }

    init(atOrAfterSecond second: Int64) {
        self.init(minutesSinceEpoch: (second + 59).flooredDivision(by: 60))
    }

    init(beforeSecond second: Int64) {
        self.init(minutesSinceEpoch: (second - 1).flooredDivision(by: 60))
    }

    var second: Int64 { Int64(day) * 86_400 + Int64(minute) * 60 }

    func second(before end: Int64) -> Int64? { second < end ? second : nil }

    func second(from start: Int64) -> Int64? { second >= start ? second : nil }
}

extension CronExpression {
    /// The first minute of a day that both fields name.
    func firstMinute(atOrAfter minute: Int) -> Int? {
        let hour = minute / 60
        let rest = minutes >> UInt64(minute % 60)
        if hours & (1 << UInt32(hour)) != 0, rest != 0 {
            return minute + rest.trailingZeroBitCount
        }
        let later = hours & ((UInt32.max << UInt32(hour)) << 1)
        guard later != 0 else { return nil }
        return later.trailingZeroBitCount * 60 + minutes.trailingZeroBitCount
    }

    /// The last minute of a day that both fields name.
    func lastMinute(atOrBefore minute: Int) -> Int? {
        let hour = minute / 60
        let rest = minutes << UInt64(63 - minute % 60)
        if hours & (1 << UInt32(hour)) != 0, rest != 0 {
            return minute - rest.leadingZeroBitCount
        }
        let earlier = hours & ((1 << UInt32(hour)) - 1)
        guard earlier != 0 else { return nil }
        return (31 - earlier.leadingZeroBitCount) * 60 + 63 - minutes.leadingZeroBitCount
    }
}

extension CivilDate {
    fileprivate var firstOfNextMonth: CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch - day + 1 + Self.daysIn(month: month, ofYear: year))
    }

    fileprivate var lastOfPreviousMonth: CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch - day)
    }
}
