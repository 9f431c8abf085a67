import DAGDomain

/// What a change of the clock did to a tick, for previews.
package enum DaylightSavingMark: Hashable, Sendable, CustomStringConvertible {
    /// The time asked for was left out by the clock; the tick is the first instant after the gap.
    case moved(missing: String)
    /// The hands show this time twice, and this is the first time.
    case firstPass
    /// The hands show this time twice, and this is the second time.
    case secondPass

    package var description: String {
        switch self {
        case .moved(let missing): "moved: \(missing) does not exist"
        case .firstPass: "first pass"
        case .secondPass: "second pass"
        }
    }
}

extension Timetable {
    /// Tells whether a tick was moved by a gap or lies in a repeated hour; nil for an ordinary one.
    package func daylightSavingMark(for tick: Timestamp) -> DaylightSavingMark? {
        if case .cron(let expressions) = schedule,
            let missing = CronTicks(expressions: expressions, zone: zone)
                .missingWallTime(movedTo: tick.secondsSinceEpoch)
        {
            let shown = WallClockText(second: missing)
            let here = WallClockText(second: tick.secondsSinceEpoch + Int64(zone.offset(at: tick)))
            return .moved(missing: shown.date == here.date ? shown.time : "\(shown.date) \(shown.time)")
        }
        return zone.pass(at: tick)
    }
}

extension ZoneRules {
    /// The wall-clock time with its offset, for example `2025-03-09 03:00 -0400`; seconds and their fraction
    /// only if there are any.
    package func localText(of instant: Timestamp) -> String {
        let offset = offset(at: instant)
        let second = instant.secondsSinceEpoch + Int64(offset)
        let wall = WallClockText(second: second)
        let fraction = instant.microsecondsSinceEpoch &- instant.secondsSinceEpoch &* 1_000_000
        var text = "\(wall.date) \(wall.time)"
        if fraction != 0 {
            text += ":\(wall.seconds)." + String(1_000_000 + fraction).dropFirst()
            while text.hasSuffix("0") { text.removeLast() }
        } else if wall.seconds != "00" {
            text += ":\(wall.seconds)"
        }
        let minutes = offset.magnitude / 60
        return text + (offset < 0 ? " -" : " +") + twoDigits(Int(minutes / 60)) + twoDigits(Int(minutes % 60))
    }

    /// Whether the hands show the time of an instant twice, and which time this is.
    func pass(at instant: Timestamp) -> DaylightSavingMark? {
        let second = instant.secondsSinceEpoch
        let index = periodIndex(atSecond: second)
        let wall = second + periods[index].offset
        if wall < periods[index].reachedWall { return .secondPass }
        let following = periods.index(after: index)
        return following < periods.endIndex && wall >= periods[following].startWall ? .firstPass : nil
    }
}

/// The parts of a wall-clock time as text.
private struct WallClockText {
    let date: String
    let time: String
    let seconds: String

    init(second: Int64) {
        // The text of the same hands in UTC: 2025-03-09T03:00:00+00:00.
        let text = Timestamp(secondsSinceEpoch: second).runIDText
        let parts = text.split(separator: "T")
        date = String(parts[0])
        time = String(parts[1].prefix(5))
        seconds = String(parts[1].dropFirst(6).prefix(2))
    }
}

private func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}
