import DAGDomain
import Foundation
import Synchronization

/// The offsets of a time zone through time, as a table of periods.
///
/// Foundation is asked once for every change between 1900 and 2200, so that all later questions are a search
/// in an array; before and after that range the first and the last offset hold. The zone data is the one that
/// Foundation brings along, not the system's.
package struct ZoneRules: Hashable, Sendable {
    /// A period with one offset. It ends where the next one starts.
    struct Period: Sendable {
        /// Seconds since the epoch. The first period starts at `ZoneRules.beginning`.
        let start: Int64
        /// Seconds east of UTC.
        let offset: Int64
        /// The latest wall-clock time that was reached before this period (the clock's hands, counted in
        /// seconds as though they were UTC). Greater than `startWall`: the hands went back, what lies between
        /// is passed a second time. Less: the hands jumped, what lies between does not exist.
        let reachedWall: Int64

        var startWall: Int64 { start + offset }
    }

    package let name: TimeZoneName
    let periods: [Period]

    static let beginning: Int64 = -1_000_000_000_000_000

    package static let utc = ZoneRules(
        name: .utc, periods: [Period(start: beginning, offset: 0, reachedWall: beginning)])

    /// Finds the rules of a zone.
    package init(_ name: TimeZoneName) throws(UnknownTimeZoneError) {
        // Building a table takes half a millisecond, and a thousand DAGs share a few zones. What is kept is a
        // function of the name alone, so the room stays pure.
        if let known = Self.known.withLock({ $0[name] }) {
            self = known
            return
        }
        guard let zone = TimeZone(identifier: name.text) else { throw UnknownTimeZoneError(name: name.text) }
        let rules = ZoneRules(name: name, periods: Self.periods(of: zone))
        Self.known.withLock { $0[name] = rules }
        self = rules
    }

    private static let known = Mutex<[TimeZoneName: ZoneRules]>([.utc: .utc])

    private init(name: TimeZoneName, periods: [Period]) {
        self.name = name
        self.periods = periods
    }

    private static func periods(of zone: TimeZone) -> [Period] {
        var instant = Date(timeIntervalSince1970: -2_208_988_800)  // 1900-01-01
        let end = Date(timeIntervalSince1970: 7_258_118_400)  // 2200-01-01
        var offset = Int64(zone.secondsFromGMT(for: instant))
        var reached = beginning + offset
        var result = [Period(start: beginning, offset: offset, reachedWall: reached)]
        while let change = zone.nextDaylightSavingTimeTransition(after: instant), change > instant,
            change < end
        {
            instant = change
            let newOffset = Int64(zone.secondsFromGMT(for: change))
            guard newOffset != offset else { continue }
            let start = Int64(change.timeIntervalSince1970.rounded())
            reached = max(reached, start + offset)
            result.append(Period(start: start, offset: newOffset, reachedWall: reached))
            offset = newOffset
        }
        return result
    }

    package static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left.name == right.name
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }

    /// The index of the period that holds an instant.
    func periodIndex(atSecond second: Int64) -> Int {
        var low = 0
        var high = periods.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if periods[middle].start <= second { low = middle } else { high = middle }
        }
        return low
    }

    /// The first second after a period; nil when it does not end.
    func end(ofPeriod index: Int) -> Int64? {
        index + 1 < periods.count ? periods[index + 1].start : nil
    }

    /// Seconds east of UTC at an instant.
    package func offset(at instant: Timestamp) -> Int {
        Int(periods[periodIndex(atSecond: instant.secondsSinceEpoch)].offset)
    }
}

/// The name has the right form, but this system knows no such zone.
package struct UnknownTimeZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package var description: String {
        "unknown time zone \(name.quotedForMessage); use a name of the IANA database "
            + "such as UTC or Europe/Berlin"
    }
}
