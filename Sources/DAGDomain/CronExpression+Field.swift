extension CronExpression {
    /// The five fields, in the order in which they are written.
    package enum Field: Int, CaseIterable, Hashable, Sendable {
        case minute, hour, dayOfMonth, month, dayOfWeek

        package var name: String {
            switch self {
            case .minute: "minute"
            case .hour: "hour"
            case .dayOfMonth: "day of month"
            case .month: "month"
            case .dayOfWeek: "day of week"
            }
        }

        /// The values that may be written. In the day of week 0 and 7 are both Sunday.
        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...7
            }
        }

        /// A longer step would leave one value only and is more likely a mistake.
        var maximumStep: Int {
            self == .dayOfWeek ? 7 : range.count
        }

        /// Names in the order of their numbers, the first one standing for `range.lowerBound`.
        var names: [String] {
            switch self {
            case .minute, .hour, .dayOfMonth: []
            case .month:
                ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
            }
        }

        /// What may be written, for an error message.
        var accepted: String {
            switch self {
            case .minute, .hour: "allowed are * and \(range.lowerBound) to \(range.upperBound)"
            case .dayOfMonth:
                "allowed are *, 1 to 31, L (last day), LW (last weekday), 15W (weekday nearest to the 15th)"
            case .month: "allowed are *, 1 to 12 and JAN to DEC"
            case .dayOfWeek:
                "allowed are *, 0 to 7 (0 and 7 are Sunday), SUN to SAT, 5L (last Friday), "
                    + "MON#2 (second Monday)"
            }
        }
    }
}
