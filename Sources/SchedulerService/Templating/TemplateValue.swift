import DAGDomain
import JSONText
import SchedulerCore

/// A value on its way through the filters of a place.
enum TemplateValue: Sendable {
    case json(JSONValue)
    /// An instant, as the clocks of a zone show it.
    case instant(Timestamp, ZoneRules)
    /// A day without a time.
    case date(CivilDate)

    var text: String {
        switch self {
        case .json(let value): value.stringValue ?? value.text()
        case .instant(let instant, let zone): DateTexts.ts(instant, zone)
        case .date(let date): DateTexts.ds(date)
        }
    }

    var json: JSONValue {
        if case .json(let value) = self { value } else { .string(text) }
    }

    /// The value as an instant: an instant, a day's midnight in UTC, or a text with one of both.
    var moment: (instant: Timestamp, zone: ZoneRules)? {
        switch self {
        case .instant(let instant, let zone): return (instant, zone)
        case .date(let date): return (Timestamp(secondsSinceEpoch: Int64(date.daysSinceEpoch) * 86_400), .utc)
        case .json(let value):
            guard let text = value.stringValue, let instant = try? Timestamp(rfc3339: text) else {
                return nil
            }
            return (instant, .utc)
        }
    }

    /// Whether it is a day, also as text: what is computed from it is a day again.
    var isDay: Bool {
        switch self {
        case .date: true
        case .instant: false
        case .json(let value): value.stringValue?.utf8.count == 10
        }
    }
}

/// Airflow's forms of dates.
enum DateTexts {
    private static func formatted(_ instant: Timestamp, _ zone: ZoneRules, _ format: String) -> String {
        (try? DateFormat(format))?.text(of: instant, offset: zone.offset(at: instant)) ?? ""
    }

    static func ds(_ date: CivilDate) -> String {
        formatted(Timestamp(secondsSinceEpoch: Int64(date.daysSinceEpoch) * 86_400), .utc, "%Y-%m-%d")
    }

    static func ds(_ instant: Timestamp, _ zone: ZoneRules) -> String { formatted(instant, zone, "%Y-%m-%d") }
    static func dsNoDash(_ instant: Timestamp, _ zone: ZoneRules) -> String {
        formatted(instant, zone, "%Y%m%d")
    }

    /// Python's `isoformat`: microseconds only if there are any, the offset with a colon.
    static func ts(_ instant: Timestamp, _ zone: ZoneRules) -> String {
        let hasFraction = instant.microsecondsSinceEpoch % 1_000_000 != 0
        let offset = formatted(instant, zone, "%z")
        return formatted(instant, zone, hasFraction ? "%Y-%m-%dT%H:%M:%S.%f" : "%Y-%m-%dT%H:%M:%S")
            + offset.prefix(3) + ":" + offset.suffix(2)
    }

    static func tsNoDash(_ instant: Timestamp, _ zone: ZoneRules) -> String {
        formatted(instant, zone, "%Y%m%dT%H%M%S")
    }

    static func tsNoDashWithZone(_ instant: Timestamp, _ zone: ZoneRules) -> String {
        formatted(instant, zone, "%Y%m%dT%H%M%S%z")
    }
}
