import DAGDomain

/// The instants of cron expressions in a zone.
///
/// A zone is a row of periods with one offset each. Where the hands of the clock go back, wildcard
/// expressions fire in both passes and fixed ones in the first only; where the hands jump, fixed expressions
/// whose time was left out fire once at the first instant after the gap (as Debian's cron does it). All
/// seconds are whole, as cron knows nothing finer.
struct CronTicks: Hashable, Sendable {
    private let zone: ZoneRules
    private let all: WallClockTicks
    private let wildcard: WallClockTicks
    private let fixed: WallClockTicks

    /// How far a search goes, in seconds: 50 years. An expression that exists fires within 40.
    static let horizon: Int64 = 50 * 366 * 86_400

    init(expressions: [CronExpression], zone: ZoneRules) {
        self.zone = zone
        all = WallClockTicks(expressions: expressions)
        wildcard = WallClockTicks(expressions: expressions.filter(\.isWildcard))
        fixed = WallClockTicks(expressions: expressions.filter { !$0.isWildcard })
    }

    /// The earliest tick at or after a second.
    func first(from second: Int64) -> Int64? {
        let limit = second + Self.horizon
        var index = zone.periodIndex(atSecond: second)
        while index < zone.periods.count, zone.periods[index].start < limit {
            let part = part(ofPeriod: index, from: second, before: limit)
            if part.holdsStart, movedTick(toStartOf: index) != nil { return part.start }
            if let wall = wildcard.first(from: part.startWall, before: part.newWall)
                ?? all.first(from: part.newWall, before: part.endWall)
            {
                return wall - part.offset
            }
            index += 1
        }
        return nil
    }

    /// The latest tick at or before a second.
    func last(through second: Int64) -> Int64? {
        let limit = second - Self.horizon
        var index = zone.periodIndex(atSecond: second)
        while index >= 0, zone.end(ofPeriod: index) ?? second > limit {
            let part = part(ofPeriod: index, from: limit, before: second + 1)
            if let wall = all.last(from: part.newWall, before: part.endWall)
                ?? wildcard.last(from: part.startWall, before: part.newWall)
            {
                return wall - part.offset
            }
            if part.holdsStart, movedTick(toStartOf: index) != nil { return part.start }
            index -= 1
        }
        return nil
    }

    /// The number of ticks from a second through another.
    func count(from first: Int64, through last: Int64) -> Int {
        guard first <= last else { return 0 }
        var total = 0
        for index in zone.periodIndex(atSecond: first)...zone.periodIndex(atSecond: last) {
            let part = part(ofPeriod: index, from: first, before: last + 1)
            total += wildcard.count(from: part.startWall, before: part.newWall)
            total += all.count(from: part.newWall, before: part.endWall)
            if part.holdsStart, movedTick(toStartOf: index) != nil, !isRegular(startOf: index) { total += 1 }
        }
        return total
    }

    /// The wall-clock time that does not exist and for which a tick stands, if the second is such a tick and
    /// not a regular one as well.
    func missingWallTime(movedTo second: Int64) -> Int64? {
        let index = zone.periodIndex(atSecond: second)
        guard zone.periods[index].start == second, !isRegular(startOf: index) else { return nil }
        return movedTick(toStartOf: index)
    }

    /// The first wall-clock time of a fixed expression in the gap before a period.
    private func movedTick(toStartOf index: Int) -> Int64? {
        let period = zone.periods[index]
        return fixed.first(from: period.reachedWall, before: period.startWall)
    }

    /// Whether an expression names the very time with which a period starts.
    private func isRegular(startOf index: Int) -> Bool {
        let wall = zone.periods[index].startWall
        return all.first(from: wall, before: wall + 1) != nil
    }

    /// The part of a period within two instants, cut where the hands of the clock show a time for the first
    /// time.
    private func part(ofPeriod index: Int, from: Int64, before limit: Int64) -> Part {
        let period = zone.periods[index]
        let start = max(from, period.start)
        let end = max(start, min(limit, zone.end(ofPeriod: index) ?? limit))
        let startWall = start + period.offset
        let endWall = end + period.offset
        return Part(
            start: start, offset: period.offset, holdsStart: start == period.start && start < end,
            startWall: startWall, newWall: min(max(startWall, period.reachedWall), endWall), endWall: endWall)
    }

    private struct Part {
        let start: Int64
        let offset: Int64
        /// Whether the period's own first second is in the part.
        let holdsStart: Bool
        /// From here to `newWall` the hands show times that they showed before.
        let startWall: Int64
        let newWall: Int64
        let endWall: Int64
    }
}
