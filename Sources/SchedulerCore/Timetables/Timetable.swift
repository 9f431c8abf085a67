import DAGDomain

/// Computes when a schedule ticks: the meeting of what a DAG file says and the zone it says it in.
///
/// A tick is an instant in UTC. `startDate` and `endDate` are inclusive. For an `every` schedule the start
/// date is also the instant from which the steps are counted.
package struct Timetable: Hashable, Sendable {
    package let schedule: Schedule
    package let zone: ZoneRules
    package let startDate: Timestamp?
    package let endDate: Timestamp?
    private let ticks: Ticks

    private enum Ticks: Hashable, Sendable {
        case none
        case cron(CronTicks)
        case interval(IntervalTicks)
    }

    package init(
        schedule: Schedule, zone: ZoneRules = .utc, startDate: Timestamp? = nil, endDate: Timestamp? = nil
    ) {
        self.schedule = schedule
        self.zone = zone
        self.startDate = startDate
        self.endDate = endDate
        switch schedule {
        case .manual: ticks = .none
        case .cron(let expressions): ticks = .cron(CronTicks(expressions: expressions, zone: zone))
        case .every(let period):
            ticks = IntervalTicks(period: period, anchor: startDate ?? .epoch).map { .interval($0) } ?? .none
        }
    }

    /// The first tick strictly after an instant; nil when there is none.
    package func next(after instant: Timestamp) -> Timestamp? {
        let instant = max(instant, justBeforeStart)
        let tick: Timestamp? =
            switch ticks {
            case .none: nil
            case .cron(let cron):
                cron.first(from: instant.secondsSinceEpoch + 1).map(Timestamp.init(secondsSinceEpoch:))
            case .interval(let interval): interval.next(after: instant)
            }
        guard let tick, tick > instant, tick <= endDate ?? .distantFuture else { return nil }
        return tick
    }

    /// The last tick at or before an instant; nil when there is none.
    package func latest(atOrBefore instant: Timestamp) -> Timestamp? {
        let instant = min(instant, endDate ?? .distantFuture)
        let tick: Timestamp? =
            switch ticks {
            case .none: nil
            case .cron(let cron):
                cron.last(through: instant.secondsSinceEpoch).map(Timestamp.init(secondsSinceEpoch:))
            case .interval(let interval): interval.latest(atOrBefore: instant)
            }
        guard let tick, tick <= instant, tick > justBeforeStart else { return nil }
        return tick
    }

    /// The number of ticks after an instant through another, without walking through them.
    package func count(after first: Timestamp, through last: Timestamp) -> Int {
        let first = max(first, justBeforeStart)
        let last = min(last, endDate ?? .distantFuture)
        guard first < last else { return 0 }
        return switch ticks {
        case .none: 0
        case .cron(let cron):
            cron.count(from: first.secondsSinceEpoch + 1, through: last.secondsSinceEpoch)
        case .interval(let interval): interval.count(after: first, through: last)
        }
    }

    /// The ticks from an instant through another, both inclusive, the first `limit` of them: what a backfill
    /// or a preview covers.
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
    private var justBeforeStart: Timestamp {
        startDate.map { $0 - .microseconds(1) } ?? .distantPast
    }
}
