/// A date format in C's words (`strftime`), as Airflow's users write it: `%Y/%m/%d`.
///
/// English names, no locale. Directives that need more than the offset of a zone (`%Z`) or a locale (`%c`, `%x`) are
/// refused when the format is read.
package struct DateFormat: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case literal(Character)
        case directive(Character)
    }

    private let parts: [Part]

    /// The directives that are understood.
    package static let directives = "YymdHIMSfjpbBaAuwGVsezFT%"

    /// A `%` that is followed by nothing known.
    package struct UnknownDirective: Error, Hashable, Sendable {
        package let text: String
    }

    package init(_ text: String) throws(UnknownDirective) {
        var parts: [Part] = []
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                parts.append(.literal(character))
                continue
            }
            guard let directive = rest.popFirst() else { throw UnknownDirective(text: "%") }
            guard Self.directives.contains(directive) else { throw UnknownDirective(text: "%\(directive)") }
            parts.append(.directive(directive))
        }
        self.parts = parts
    }

    /// The text of an instant.
    ///
    /// - Parameter offset: seconds east of UTC at that instant.
    package func text(of instant: Timestamp, offset: Int) -> String {
        let local = LocalMoment(instant, offset: offset)
        return parts.map { part in
            switch part {
            case .literal(let character): String(character)
            case .directive(let directive): local.text(directive)
            }
        }.joined()
    }
}

/// An instant as a clock somewhere shows it.
private struct LocalMoment {
    let instant: Timestamp
    let offset: Int
    let date: CivilDate
    let secondOfDay: Int

    init(_ instant: Timestamp, offset: Int) {
        self.instant = instant
        self.offset = offset
        let wall = Int(instant.secondsSinceEpoch) &+ offset
        let days = wall.flooredDivision(by: 86_400)
        date = CivilDate(daysSinceEpoch: days)
        secondOfDay = wall - days * 86_400
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    private static let days = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private var hour: Int { secondOfDay / 3_600 }
    /// 1 is Monday, 7 is Sunday.
    private var isoWeekday: Int { date.weekday == 0 ? 7 : date.weekday }

    private var dayOfYear: Int {
        let newYear = CivilDate(year: date.year, month: 1, day: 1)?.daysSinceEpoch ?? date.daysSinceEpoch
        return date.daysSinceEpoch - newYear + 1
    }

    /// The week of ISO 8601: it belongs to the year that holds its Thursday.
    private var isoWeek: (year: Int, week: Int) {
        let thursday = CivilDate(daysSinceEpoch: date.daysSinceEpoch - isoWeekday + 4)
        let newYear = CivilDate(year: thursday.year, month: 1, day: 1)?.daysSinceEpoch ?? 0
        return (thursday.year, (thursday.daysSinceEpoch - newYear) / 7 + 1)
    }

    private var zoneText: String {
        let minutes = Int(offset.magnitude) / 60
        return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + padded(minutes % 60, 2)
    }

    func text(_ directive: Character) -> String {
        switch directive {
        case "Y": padded(date.year, 4)
        case "y": padded(date.year % 100, 2)
        case "m": padded(date.month, 2)
        case "d": padded(date.day, 2)
        case "e": String(date.day)
        case "H": padded(hour, 2)
        case "I": padded((hour + 11) % 12 + 1, 2)
        case "M": padded(secondOfDay / 60 % 60, 2)
        case "S": padded(secondOfDay % 60, 2)
        case "f": padded(Int(instant.microsecondsSinceEpoch &- instant.secondsSinceEpoch &* 1_000_000), 6)
        case "p": hour < 12 ? "AM" : "PM"
        default: calendarText(directive)
        }
    }

    private func calendarText(_ directive: Character) -> String {
        switch directive {
        case "j": padded(dayOfYear, 3)
        case "b": String(Self.months[date.month - 1].prefix(3))
        case "B": Self.months[date.month - 1]
        case "a": String(Self.days[date.weekday].prefix(3))
        case "A": Self.days[date.weekday]
        case "u": String(isoWeekday)
        case "w": String(date.weekday)
        case "G": padded(isoWeek.year, 4)
        case "V": padded(isoWeek.week, 2)
        case "s": String(instant.secondsSinceEpoch)
        case "z": zoneText
        case "F": ["Y", "m", "d"].map { text($0) }.joined(separator: "-")
        case "T": ["H", "M", "S"].map { text($0) }.joined(separator: ":")
        default: String(directive)
        }
    }

    private func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
