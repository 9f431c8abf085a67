import DAGDomain
import JSONText

extension SettingsReader {
    mutating func readCalendar(_ node: JSONNode?) -> ScheduleCalendar {
        guard let node, node.members != nil else { return ScheduleCalendar() }
        let fields = Fields(node, .calendar)
        let days = (fields["exclude"]?.elements ?? []).compactMap { readDays($0) }
        let names = fields["exclude_weekdays"]?.elements ?? []
        let weekdays = Set(names.compactMap { $0.stringValue.flatMap(Weekday.init(rawValue:)) })
        if weekdays.count == Weekday.allCases.count, let place = fields["exclude_weekdays"] {
            diagnostics.error("all seven days of the week are excluded", at: place.position)
            return ScheduleCalendar()
        }
        return ScheduleCalendar(excluding: days, weekdays: weekdays)
    }

    /// A date, or two with a slash between them, both inclusive.
    private mutating func readDays(_ node: JSONNode) -> ClosedRange<Int>? {
        guard let text = node.stringValue, !text.isEmpty else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let days = parts.compactMap { CivilDate(isoText: $0)?.daysSinceEpoch }
        guard let first = days.first, let last = days.last, days.count == parts.count, days.count <= 2 else {
            diagnostics.error(
                "\(text.quotedForMessage) is not a date that exists; write it like \"2026-12-25\", or "
                    + "\"2026-12-24/2027-01-01\" for all days from one through the other",
                at: node.position)
            return nil
        }
        guard first <= last else {
            diagnostics.error("\(text.quotedForMessage) ends before it starts", at: node.position)
            return nil
        }
        return first...last
    }
}
