import DAGDomain

/// Computes when a schedule asks for runs: the meeting of what a DAG file says and the zone it says it in.
///
/// What is counted here are *logical dates*, ticks of the schedule, as instants in UTC. `startDate` and
/// `endDate` bound them and are inclusive; the days that the calendar excludes have none. With
/// `usesIntervals` a run stands for the time from its tick to the next one and is due when that is over;
/// without, it is due at its tick. `delay` moves the start of every run, never its logical date. For an
/// `every` schedule the start date is also the instant from which the steps are counted.
package struct Timetable: Hashable, Sendable {
    package let schedule: Schedule
    package let zone: ZoneRules
    package let startDate: Timestamp?
    package let endDate: Timestamp?
    package let usesIntervals: Bool
    package let calendar: ScheduleCalendar
    package let delay: Duration
    private let ticks: Ticks

    private enum Ticks: Hashable, Sendable {
        case none
        case cron(CronTicks)
        case interval(IntervalTicks)
    }

    package init(
        schedule: Schedule, zone: ZoneRules = .utc, startDate: Timestamp? = nil, endDate: Timestamp? = nil,
        usesIntervals: Bool = false, calendar: ScheduleCalendar = ScheduleCalendar(), delay: Duration = .zero
    ) {
        self.schedule = schedule
        self.zone = zone
        self.startDate = startDate
        self.endDate = endDate
        self.usesIntervals = usesIntervals && schedule.hasTicks
        self.calendar = calendar
        self.delay = max(.zero, delay)
        switch schedule {
        case .manual, .once, .continuous: ticks = .none
        case .cron(let expressions): ticks = .cron(CronTicks(expressions: expressions, zone: zone))
        case .every(let period):
            ticks = IntervalTicks(period: period, anchor: startDate ?? .epoch).map { .interval($0) } ?? .none
        }
    }

    // MARK: Logical dates

    /// The first logical date strictly after an instant; nil when there is none.
    ///
    /// For `@once` and `@continuous`, which have no ticks of their own, the instant must be the watermark of
    /// the DAG: what is asked for then follows from what was answered last.
    package func next(after instant: Timestamp) -> Timestamp? {
        let instant = max(instant, justBeforeStart)
        let tick = schedule.hasTicks ? following(instant) : afterWatermark(instant)
        guard let tick, tick <= endDate ?? .distantFuture else { return nil }
        return tick
    }

    /// The last logical date at or before an instant; nil when there is none.
    package func latest(atOrBefore instant: Timestamp) -> Timestamp? {
        guard let tick = preceding(min(instant, endDate ?? .distantFuture)), tick > justBeforeStart else {
            return nil
        }
        return tick
    }

    /// The number of logical dates after an instant through another, without walking through them.
    package func count(after first: Timestamp, through last: Timestamp) -> Int {
        let first = max(first, justBeforeStart)
        let last = min(last, endDate ?? .distantFuture)
        guard first < last else { return 0 }
        guard !calendar.isEmpty else { return plainCount(after: first, through: last) }
        return stretches(after: first, through: last).reduce(0) {
            $0 + plainCount(after: $1.first, through: $1.last)
        }
    }

    /// The logical dates from an instant through another, both inclusive, the first `limit` of them: what a
    /// backfill or a preview covers.
    package func ticks(from first: Timestamp, through last: Timestamp, limit: Int) -> [Timestamp] {
        var result: [Timestamp] = []
        var instant = first - .microseconds(1)
        while result.count < limit, let tick = next(after: instant), tick <= last {
            result.append(tick)
            instant = tick
        }
        return result
    }

    /// The last instant that is too early for a tick.
    var justBeforeStart: Timestamp {
        startDate.map { $0 - .microseconds(1) } ?? .distantPast
    }

    // MARK: Ticks without bounds

    /// How long it takes to give up on a schedule whose ticks the calendar excludes, as with cron itself.
    private static let horizon = Duration.seconds(CronTicks.horizon)

    /// The first tick after an instant that the calendar leaves, whatever the bounds say.
    func following(_ instant: Timestamp) -> Timestamp? {
        guard !calendar.isEmpty else { return plainNext(after: instant) }
        var current = instant
        while let tick = plainNext(after: current), tick <= instant + Self.horizon {
            guard let day = calendar.lastExcludedDay(from: zone.day(of: tick)) else { return tick }
            current = max(tick, zone.start(ofDay: day + 1) - .microseconds(1))
        }
        return nil
    }

    /// The last tick at or before an instant that the calendar leaves, whatever the bounds say.
    func preceding(_ instant: Timestamp) -> Timestamp? {
        guard !calendar.isEmpty else { return plainLatest(atOrBefore: instant) }
        var current = instant
        while let tick = plainLatest(atOrBefore: current), tick >= instant - Self.horizon {
            guard let day = calendar.firstExcludedDay(downFrom: zone.day(of: tick)) else { return tick }
            current = min(tick, zone.start(ofDay: day)) - .microseconds(1)
        }
        return nil
    }

    private func plainNext(after instant: Timestamp) -> Timestamp? {
        let tick: Timestamp? =
            switch ticks {
            case .none: nil
            case .cron(let cron):
                cron.first(from: instant.secondsSinceEpoch + 1).map(Timestamp.init(secondsSinceEpoch:))
            case .interval(let interval): interval.next(after: instant)
            }
        return tick.flatMap { $0 > instant ? $0 : nil }
    }

    private func plainLatest(atOrBefore instant: Timestamp) -> Timestamp? {
        let tick: Timestamp? =
            switch ticks {
            case .none: nil
            case .cron(let cron):
                cron.last(through: instant.secondsSinceEpoch).map(Timestamp.init(secondsSinceEpoch:))
            case .interval(let interval): interval.latest(atOrBefore: instant)
            }
        return tick.flatMap { $0 <= instant ? $0 : nil }
    }

    private func plainCount(after first: Timestamp, through last: Timestamp) -> Int {
        guard first < last else { return 0 }
        return switch ticks {
        case .none: 0
        case .cron(let cron):
            cron.count(from: first.secondsSinceEpoch + 1, through: last.secondsSinceEpoch)
        case .interval(let interval): interval.count(after: first, through: last)
        }
    }

    /// The parts of a span between the days that the calendar excludes.
    private func stretches(
        after first: Timestamp, through last: Timestamp
    ) -> [(first: Timestamp, last: Timestamp)] {
        var result: [(first: Timestamp, last: Timestamp)] = []
        var current = first
        while current < last {
            let day = zone.day(of: current + .microseconds(1))
            let next: Timestamp
            if let excluded = calendar.lastExcludedDay(from: day) {
                next = zone.start(ofDay: excluded + 1) - .microseconds(1)
            } else {
                let end = calendar.nextExcludedDay(onOrAfter: day).map { zone.start(ofDay: $0) }
                next = min(last, end.map { $0 - .microseconds(1) } ?? last)
                result.append((current, next))
            }
            // Where the hands go back over midnight a day starts twice; go on all the same.
            current = max(next, current + .seconds(60))
        }
        return result
    }
}
