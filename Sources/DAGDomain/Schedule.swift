/// When a DAG runs by itself, as its file says it. `Timetable` computes the instants.
package enum Schedule: Hashable, Sendable {
    /// Only when somebody, a backfill or another DAG asks.
    case manual
    /// At the union of one to ten expressions, read in the DAG's zone.
    case cron([CronExpression])
    /// Every so often, counted from `start_date`, else from 1970-01-01T00:00:00Z. Longer than zero.
    case every(Duration)
    /// `@once`: one run, at `start_date`, else when the DAG is seen for the first time.
    case once
    /// `@continuous`: a new run as soon as the last one has ended.
    case continuous

    /// The most expressions that one DAG may have.
    package static let maximumExpressions = 10

    /// Whether the schedule is a row of instants: only then a run can stand for the time between two of them.
    package var hasTicks: Bool {
        switch self {
        case .cron, .every: true
        case .manual, .once, .continuous: false
        }
    }

    /// A schedule of several expressions.
    package init(expressions: [CronExpression]) throws(ScheduleError) {
        guard !expressions.isEmpty else { throw .noExpressions }
        guard expressions.count <= Self.maximumExpressions else {
            throw .tooManyExpressions(expressions.count)
        }
        self = .cron(expressions)
    }

    /// A schedule of equal steps. A step shorter than a microsecond counts as zero.
    package init(every period: Duration) throws(ScheduleError) {
        guard period.microseconds > 0 else { throw .periodNotPositive }
        self = .every(period)
    }
}

/// Why a schedule was refused.
package enum ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
    case noExpressions
    case tooManyExpressions(Int)
    case periodNotPositive

    package var description: String {
        switch self {
        case .noExpressions: "the list of cron expressions is empty; write null for a DAG without a schedule"
        case .tooManyExpressions(let count):
            "\(count) cron expressions; a DAG may have \(Schedule.maximumExpressions)"
        case .periodNotPositive: "the period of \"every\" must be longer than zero"
        }
    }
}
