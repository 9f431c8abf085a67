import DAGDomain
import SchedulerCore

/// A suite about time: short ways to write instants, zones and timetables.
protocol TimetableSuite {}

extension TimetableSuite {
    func instant(_ text: String) throws -> Timestamp {
        try Timestamp(rfc3339: text)
    }

    func instants(_ texts: String...) throws -> [Timestamp] {
        try texts.map { try Timestamp(rfc3339: $0) }
    }

    func zone(_ name: String) throws -> ZoneRules {
        try ZoneRules(TimeZoneName(name))
    }

    /// The timetable of cron expressions.
    func cron(
        _ expressions: String..., in zoneName: String = "UTC", from start: String? = nil,
        through end: String? = nil
    ) throws -> Timetable {
        try Timetable(
            schedule: Schedule(expressions: expressions.map { try CronExpression($0) }), zone: zone(zoneName),
            startDate: start.map(instant), endDate: end.map(instant))
    }

    func every(_ period: Duration, from start: String? = nil, through end: String? = nil) throws -> Timetable
    {
        try Timetable(
            schedule: Schedule(every: period), startDate: start.map(instant), endDate: end.map(instant))
    }
}

extension Timetable {
    /// The next ticks, one asked from the other.
    func next(_ count: Int, after start: Timestamp) -> [Timestamp] {
        var result: [Timestamp] = []
        while result.count < count, let tick = next(after: result.last ?? start) { result.append(tick) }
        return result
    }
}
