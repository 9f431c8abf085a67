import JSONText

/// One `| name(arguments)` of a place; the arguments were checked against the table at load.
package struct TemplateFilter: Hashable, Sendable {
    package let kind: Kind
    package let arguments: [JSONValue]

    package init(_ kind: Kind, _ arguments: [JSONValue] = []) {
        self.kind = kind
        self.arguments = arguments
    }

    /// The filters: Airflow's for dates, and those of Jinja's that need no program.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case ds
        case dsNoDash = "ds_nodash"
        case ts
        case tsNoDash = "ts_nodash"
        case tsNoDashWithZone = "ts_nodash_with_tz"
        case date
        case addDays = "add_days"
        case addHours = "add_hours"
        case addMinutes = "add_minutes"
        case inTimeZone = "in_timezone"
        case timestamp
        case `default`
        case lower, upper, trim, capitalize, replace
        case urlEncode = "urlencode"
        case toJSON = "tojson"
        case length, first, last, join
        case integer = "int"
    }

    /// Other names of filters, from Jinja and from Airflow's macros.
    package static let aliases: [String: Kind] = [
        "d": .default, "strftime": .date, "count": .length, "ds_add": .addDays, "in_tz": .inTimeZone,
    ]

    /// What an argument must be.
    package enum Argument: Sendable {
        case text, integer, boolean, dateFormat, timeZone, anything
    }
}

extension TemplateFilter.Kind {
    /// What a filter takes: the arguments it needs, then those it may have.
    package var signature: (needed: [TemplateFilter.Argument], optional: [TemplateFilter.Argument]) {
        switch self {
        case .date: ([.dateFormat], [])
        case .addDays, .addHours, .addMinutes: ([.integer], [])
        case .inTimeZone: ([.timeZone], [])
        case .default: ([.anything], [.boolean])
        case .replace: ([.text, .text], [])
        case .join: ([], [.text])
        case .integer: ([], [.integer])
        case .ds, .dsNoDash, .ts, .tsNoDash, .tsNoDashWithZone, .timestamp, .lower, .upper, .trim,
            .capitalize, .urlEncode, .toJSON, .length, .first, .last:
            ([], [])
        }
    }

    /// How to write it, for messages: `add_days(NUMBER)`.
    package var usage: String {
        let (needed, optional) = signature
        if needed.isEmpty, optional.isEmpty { return rawValue }
        let words = needed.map(\.word) + optional.map { "[\($0.word)]" }
        return "\(rawValue)(\(words.joined(separator: ", ")))"
    }
}

extension TemplateFilter.Argument {
    package var word: String {
        switch self {
        case .text: "'TEXT'"
        case .integer: "NUMBER"
        case .boolean: "true"
        case .dateFormat: "'%Y-%m-%d'"
        case .timeZone: "'Europe/Berlin'"
        case .anything: "VALUE"
        }
    }
}
