/// Reads the text of a cron expression: presets, fields, lists, ranges, steps, names and the day forms `L`,
/// `LW`, `nW`, `dL`, `d#n`.
struct CronExpressionParser {
    private let original: String
    private var fields = CronExpression.Fields()

    init(_ text: String) {
        original = text
    }

    /// The text without surrounding blanks and what it says.
    consuming func parse() throws(CronExpressionError) -> (String, CronExpression.Fields) {
        guard original.utf8.count <= CronExpression.maximumLength else {
            throw failure(.tooLong(bytes: original.utf8.count))
        }
        let words = original.split { $0 == " " || $0 == "\t" }
        guard let first = words.first else { throw failure(.empty) }
        let trimmed = words.joined(separator: " ")
        if first.hasPrefix("@") {
            guard let expansion = CronExpression.presets[trimmed] else { throw failure(.unknownPreset) }
            try parseFields(expansion.split(separator: " "))
        } else if first.hasPrefix("CRON_TZ=") || first.hasPrefix("TZ=") {
            throw failure(.zonePrefix)
        } else {
            try parseFields(words)
        }
        return (trimmed, fields)
    }

    private func failure(_ problem: CronExpressionError.Problem) -> CronExpressionError {
        CronExpressionError(expression: original, problem: problem)
    }

    private mutating func parseFields(_ words: [Substring]) throws(CronExpressionError) {
        guard words.count == CronExpression.Field.allCases.count else {
            throw failure(.fieldCount(words.count))
        }
        for (field, word) in zip(CronExpression.Field.allCases, words) {
            for part in word.split(separator: ",", omittingEmptySubsequences: false) {
                do throws(PartFailure) {
                    try add(part, to: field)
                } catch {
                    // An empty part says little by itself: show the whole field.
                    let shown = part.isEmpty ? word : part
                    throw failure(.field(field, text: String(shown), error.problem))
                }
            }
        }
        let startsWithStar = words.map { $0.hasPrefix("*") }
        fields.isWildcard = startsWithStar[0] || startsWithStar[1]
        fields.needsBothDayFields = startsWithStar[2] || startsWithStar[4]
    }

    /// Adds what stands between two commas.
    private mutating func add(_ part: Substring, to field: CronExpression.Field) throws(PartFailure) {
        guard !part.isEmpty else { throw PartFailure(.empty) }
        switch field {
        case .dayOfMonth where try addDayForm(part): return
        case .dayOfWeek where try addWeekdayForm(part): return
        default: break
        }
        for value in try CronFieldPart(part, field: field).values {
            switch field {
            case .minute: fields.minutes |= 1 << UInt64(value)
            case .hour: fields.hours |= 1 << UInt32(value)
            case .dayOfMonth: fields.daysOfMonth |= 1 << UInt32(value)
            case .month: fields.months |= 1 << UInt16(value)
            case .dayOfWeek: fields.weekdays |= 1 << UInt8(value % 7)
            }
        }
    }

    /// `L`, `LW` and `nW`. False when the part is none of them.
    private mutating func addDayForm(_ part: Substring) throws(PartFailure) -> Bool {
        let upper = part.uppercasedASCII
        switch upper {
        case "L": fields.lastDay = true
        case "LW": fields.lastWorkday = true
        case _ where upper.hasPrefix("L-"):
            throw PartFailure(
                .unsupported("days counted from the end of the month are not supported, only L"))
        case _ where upper.hasSuffix("W"):
            let day = try CronFieldPart.value(part.dropLast(), field: .dayOfMonth)
            fields.nearestWorkdays |= 1 << UInt32(day)
        default: return false
        }
        return true
    }

    /// `dL` and `d#n`. False when the part is none of them.
    private mutating func addWeekdayForm(_ part: Substring) throws(PartFailure) -> Bool {
        if let mark = part.firstIndex(of: "#") {
            let weekday = try CronFieldPart.value(part[..<mark], field: .dayOfWeek) % 7
            let number = part[part.index(after: mark)...]
            guard let occurrence = number.smallNumber, (1...5).contains(occurrence) else {
                throw PartFailure(.occurrence(String(number)))
            }
            fields.occurrences[weekday] |= 1 << UInt8(occurrence)
            return true
        }
        guard part.uppercasedASCII.hasSuffix("L"), part.utf8.count > 1 else { return false }
        let weekday = try CronFieldPart.value(part.dropLast(), field: .dayOfWeek) % 7
        fields.lastWeekdays |= 1 << UInt8(weekday)
        return true
    }
}

/// A problem with a part of a field, before it is known to which expression it belongs.
struct PartFailure: Error {
    let problem: CronExpressionError.FieldProblem

    init(_ problem: CronExpressionError.FieldProblem) {
        self.problem = problem
    }
}

/// `*`, `a`, `a-b`, each with an optional `/step`; `a/step` runs from `a` to the end of the field.
struct CronFieldPart {
    let values: StrideThrough<Int>

    init(_ part: Substring, field: CronExpression.Field) throws(PartFailure) {
        let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let base = pieces[0]
        let range: ClosedRange<Int>
        if base == "*" {
            range = field.range
        } else if let dash = base.firstIndex(of: "-"), dash != base.startIndex {
            let low = try Self.value(base[..<dash], field: field)
            let high = try Self.value(base[base.index(after: dash)...], field: field)
            guard low <= high else { throw PartFailure(.reversedRange) }
            range = low...high
        } else {
            let value = try Self.value(base, field: field)
            range = value...(pieces.count == 2 ? field.range.upperBound : value)
        }
        var step = 1
        if pieces.count == 2 {
            guard let number = pieces[1].smallNumber, (1...field.maximumStep).contains(number) else {
                throw PartFailure(.step(String(pieces[1])))
            }
            step = number
        }
        values = stride(from: range.lowerBound, through: range.upperBound, by: step)
    }

    /// One number or name.
    static func value(_ text: Substring, field: CronExpression.Field) throws(PartFailure) -> Int {
        guard !text.isEmpty else { throw PartFailure(.notUnderstood) }
        if text.utf8.allSatisfy(\.isASCIIDigit) {
            guard let number = text.smallNumber, field.range.contains(number) else {
                throw PartFailure(.outOfRange(String(text)))
            }
            return number
        }
        if let index = field.names.firstIndex(of: text.uppercasedASCII) {
            return field.range.lowerBound + index
        }
        switch text.uppercasedASCII {
        case "?": throw PartFailure(.unsupported("\"?\" is not supported, write *"))
        case "H": throw PartFailure(.unsupported("\"H\" is not supported, write a number"))
        default: throw PartFailure(.notUnderstood)
        }
    }
}

extension Substring {
    /// A number of one to four ASCII digits.
    fileprivate var smallNumber: Int? {
        guard (1...4).contains(utf8.count), utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        return Int(self)
    }

    /// Upper case for ASCII letters only, so that no other script is taken for a name.
    fileprivate var uppercasedASCII: String {
        String(decoding: utf8.map { $0.isASCIILetter ? $0 & ~0x20 : $0 }, as: UTF8.self)
    }
}
