import DAGDomain
import JSONText
import SchedulerCore

extension TemplateFilter {
    /// What the filter makes of a value.
    func applied(to value: TemplateValue) throws(TemplateRendering.Failure) -> TemplateValue {
        switch kind {
        case .ds, .dsNoDash, .ts, .tsNoDash, .tsNoDashWithZone, .date, .addDays, .addHours, .addMinutes,
            .inTimeZone, .timestamp:
            guard let moment = value.moment else {
                throw TemplateRendering.Failure(
                    text: "the filter `\(kind.rawValue)` needs a date, found \(value.text.quotedForMessage)")
            }
            return try date(moment.instant, moment.zone, isDay: value.isDay)
        case .default:
            let acceptsEmpty = arguments.dropFirst().first?.boolValue == true
            return acceptsEmpty && value.json.isEmpty ? .json(arguments[0]) : value
        case .toJSON: return .json(.string(value.json.text()))
        case .length, .first, .last, .join: return .json(try list(value.json))
        case .integer: return .json(try integer(value))
        case .lower, .upper, .trim, .capitalize, .replace, .urlEncode: return .json(.string(text(value.text)))
        }
    }

    // MARK: Dates

    private func date(
        _ instant: Timestamp, _ zone: ZoneRules, isDay: Bool
    ) throws(TemplateRendering.Failure) -> TemplateValue {
        switch kind {
        case .ds: return .json(.string(DateTexts.ds(instant, zone)))
        case .dsNoDash: return .json(.string(DateTexts.dsNoDash(instant, zone)))
        case .ts: return .json(.string(DateTexts.ts(instant, zone)))
        case .tsNoDash: return .json(.string(DateTexts.tsNoDash(instant, zone)))
        case .tsNoDashWithZone: return .json(.string(DateTexts.tsNoDashWithZone(instant, zone)))
        case .timestamp: return .json(.integer(instant.secondsSinceEpoch))
        case .date:
            let format = try? DateFormat(arguments[0].stringValue ?? "")
            return .json(.string(format?.text(of: instant, offset: zone.offset(at: instant)) ?? ""))
        case .inTimeZone: return .instant(instant, try Self.zone(arguments[0].stringValue ?? ""))
        case .addHours: return .instant(instant + amount(of: 3_600), zone)
        case .addMinutes: return .instant(instant + amount(of: 60), zone)
        default:
            let moved = zone.adding(days: Int(clamping: arguments[0].intValue ?? 0), to: instant)
            guard isDay else { return .instant(moved, zone) }
            return .date(
                CivilDate(daysSinceEpoch: Int(moved.secondsSinceEpoch.flooredDivision(by: 86_400))))
        }
    }

    private func amount(of seconds: Int64) -> Duration {
        let (product, overflow) = (arguments[0].intValue ?? 0).multipliedReportingOverflow(by: seconds)
        return .seconds(overflow ? 0 : product)
    }

    private static func zone(_ text: String) throws(TemplateRendering.Failure) -> ZoneRules {
        guard let name = try? TimeZoneName(text), let rules = try? ZoneRules(name) else {
            throw TemplateRendering.Failure(text: "\(text.quotedForMessage) is not a time zone")
        }
        return rules
    }

    // MARK: Texts, lists and numbers

    private func text(_ text: String) -> String {
        switch kind {
        case .lower: return text.lowercased()
        case .upper: return text.uppercased()
        case .capitalize: return text.prefix(1).uppercased() + text.dropFirst().lowercased()
        case .replace:
            let wanted = arguments[0].stringValue ?? ""
            return wanted.isEmpty ? text : text.replacing(wanted, with: arguments[1].stringValue ?? "")
        case .urlEncode: return text.percentEncoded(keeping: "/")
        default:
            var rest = text[...]
            while rest.first?.isWhitespace == true { rest.removeFirst() }
            while rest.last?.isWhitespace == true { rest.removeLast() }
            return String(rest)
        }
    }

    private func list(_ value: JSONValue) throws(TemplateRendering.Failure) -> JSONValue {
        if kind == .length {
            let count = value.arrayValue?.count ?? value.objectValue?.count ?? value.stringValue?.count
            if let count { return .integer(Int64(count)) }
        } else if let elements = value.arrayValue {
            if kind == .join {
                let separator = arguments.first?.stringValue ?? ""
                return .string(elements.map { $0.stringValue ?? $0.text() }.joined(separator: separator))
            }
            guard let element = kind == .first ? elements.first : elements.last else {
                throw .missing("the list has no \(kind.rawValue) element")
            }
            return element
        }
        throw TemplateRendering.Failure(
            text: "the filter `\(kind.rawValue)` needs a list, found \(value.kind)")
    }

    private func integer(_ value: TemplateValue) throws(TemplateRendering.Failure) -> JSONValue {
        if let number = value.json.intValue ?? Int64(value.text) { return .integer(number) }
        if let number = value.json.doubleValue ?? Double(value.text),
            let whole = Int64(exactly: number.rounded(.towardZero))
        {
            return .integer(whole)
        }
        if let standard = arguments.first { return standard }
        throw TemplateRendering.Failure(
            text: "the filter `int` needs a number, found \(value.text.quotedForMessage)")
    }
}

extension JSONValue {
    /// What Jinja takes for false.
    fileprivate var isEmpty: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .integer(let value): value == 0
        case .number(let value): value.doubleValue == 0
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        }
    }
}

extension ZoneRules {
    /// The instant at which the clocks show the same time some days later; a time that they leave out is taken with the
    /// offset from before the gap.
    fileprivate func adding(days: Int, to instant: Timestamp) -> Timestamp {
        let days = Int64(min(max(days, -5_000_000), 5_000_000))
        let before = offset(at: instant)
        let moved = instant + .seconds(days * 86_400)
        return moved + .seconds(before - offset(at: moved))
    }
}
