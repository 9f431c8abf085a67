import StateStore

/// Reads MLflow's filter language: comparisons joined by `AND`.
struct FilterParser {
    /// Longer filters are refused: each comparison is one look-up for each row.
    private static let maximumConditions = 100

    private let grammar: FilterGrammar
    private var tokens: ArraySlice<FilterToken>

    /// - Throws: `TrackingError`.
    static func conditions(
        _ text: String?, _ grammar: FilterGrammar
    ) throws(TrackingError) -> [TrackingCondition] {
        let tokens = try FilterToken.all(in: text ?? "")
        guard !tokens.isEmpty else { return [] }
        var parser = FilterParser(grammar: grammar, tokens: tokens[...])
        return try parser.all()
    }

    private mutating func all() throws(TrackingError) -> [TrackingCondition] {
        var conditions = [try condition()]
        while let token = tokens.popFirst() {
            guard token == .word("AND") else { throw Self.invalid(token) }
            conditions.append(try condition())
        }
        guard conditions.count <= Self.maximumConditions else {
            throw .invalid("a filter has at most \(Self.maximumConditions) comparisons")
        }
        return conditions
    }

    private mutating func condition() throws(TrackingError) -> TrackingCondition {
        guard case .name(let name)? = tokens.popFirst() else {
            throw .invalid("Invalid clause(s) in filter string: a comparison begins with a name")
        }
        let field = try grammar.field(name, among: grammar.attributes)
        return TrackingCondition(field: field, test: try test(field))
    }

    private mutating func test(
        _ field: TrackingCondition.Field
    ) throws(TrackingError) -> TrackingCondition.Test {
        guard let token = tokens.popFirst() else {
            throw .invalid("Invalid comparison clause: a comparison is missing")
        }
        switch token {
        case .sign(let sign): return try comparison(field, sign)
        case .word("LIKE"): return .text(.like, try text(field, "LIKE"))
        case .word("ILIKE"): return .text(.caselessLike, try text(field, "ILIKE"))
        case .word("IN"): return .list(try list(field), isNegated: false)
        case .word("NOT"):
            guard tokens.popFirst() == .word("IN") else { throw Self.invalid(token) }
            return .list(try list(field), isNegated: true)
        case .word("IS"): return try absence(field)
        default: throw Self.invalid(token)
        }
    }

    private func isNumeric(_ field: TrackingCondition.Field) -> Bool {
        switch field {
        case .metric: true
        case .attribute(let name): grammar.numericAttributes.contains(name)
        default: false
        }
    }

    private mutating func comparison(
        _ field: TrackingCondition.Field, _ sign: String
    ) throws(TrackingError) -> TrackingCondition.Test {
        guard let number = TrackingCondition.NumberOperator(rawValue: sign) else {
            throw .invalid("Invalid comparator '\(sign)' not one of =, !=, <, <=, >, >=")
        }
        guard isNumeric(field) else {
            guard number == .equal || number == .notEqual else {
                throw .invalid("Invalid comparator '\(sign)' for a text: one of =, !=, LIKE, ILIKE")
            }
            return .text(number == .equal ? .equal : .notEqual, try text(field, sign))
        }
        guard case .number(let value, let isInteger)? = tokens.popFirst() else {
            throw .invalid("Expected numeric value type for \(Self.words(field)).")
        }
        if case .attribute = field, grammar.knowsWholeNumbersOnly, !isInteger {
            throw .invalid("Invalid value for numeric attribute: \(value)")
        }
        return .number(number, value)
    }

    /// A text in single or double quotes.
    private mutating func text(
        _ field: TrackingCondition.Field, _ sign: String
    ) throws(TrackingError) -> String {
        guard !isNumeric(field) else {
            throw .invalid("Invalid comparator '\(sign)' not one of =, !=, <, <=, >, >=")
        }
        switch tokens.popFirst() {
        case .text(let text): return text
        case .name(let name) where name.count >= 2 && name.hasPrefix("\"") && name.hasSuffix("\""):
            return String(name.dropFirst().dropLast())
        default:
            throw .invalid("Expected a quoted string value for \(Self.words(field)) (e.g. 'my-value').")
        }
    }

    private mutating func list(_ field: TrackingCondition.Field) throws(TrackingError) -> [String] {
        switch field {
        case .attribute(let name) where grammar.listAttributes.contains(name): break
        case .dataset: break
        default: throw .invalid("\(Self.words(field)) does not support comparison with a list.")
        }
        guard tokens.popFirst() == .open else { throw Self.invalidList }
        var values: [String] = []
        repeat {
            switch tokens.popFirst() {
            case .text(let text): values.append(text)
            case .name(let name) where name.count >= 2 && name.hasPrefix("\"") && name.hasSuffix("\""):
                values.append(String(name.dropFirst().dropLast()))
            // A comma after the last value.
            case .close where !values.isEmpty: return values
            default: throw Self.invalidList
            }
            switch tokens.popFirst() {
            case .comma: continue
            case .close: return values
            default: throw Self.invalidList
            }
        } while true
    }

    private mutating func absence(
        _ field: TrackingCondition.Field
    ) throws(TrackingError) -> TrackingCondition.Test {
        var next = tokens.popFirst()
        let isNegated = next == .word("NOT")
        if isNegated { next = tokens.popFirst() }
        guard next == .word("NULL") else {
            throw .invalid("Invalid clause(s) in filter string: IS is followed by NULL or NOT NULL")
        }
        switch field {
        case .tag where grammar.knowsAbsence: break
        case .param where grammar.knowsAbsence: break
        default: throw .invalid("IS NULL and IS NOT NULL are not supported for \(Self.words(field))")
        }
        return isNegated ? .isPresent : .isAbsent
    }

    private static let invalidList = TrackingError.invalid(
        "While parsing a list in the query, expected a non-empty list of string values")

    private static func invalid(_ token: FilterToken) -> TrackingError {
        let text =
            switch token {
            case .name(let text), .text(let text), .sign(let text), .word(let text): text
            case .number(let value, _): "\(value)"
            case .open: "("
            case .close: ")"
            case .comma: ","
            }
        return .invalid("Invalid clause(s) in filter string: '\(text)'")
    }

    private static func words(_ field: TrackingCondition.Field) -> String {
        switch field {
        case .attribute(let name): "attribute \(name)"
        case .metric(let key): "metric \(key)"
        case .param(let key): "param \(key)"
        case .tag(let key): "tag \(key)"
        case .dataset(let field): "dataset \(field.rawValue)"
        }
    }
}

extension FilterGrammar {
    /// Experiments' times are compared with whole numbers only.
    fileprivate var knowsWholeNumbersOnly: Bool { numericAttributes.contains("last_update_time") }
}

/// Reads the keys of an order: a name, and perhaps `ASC` or `DESC`.
enum OrderParser {
    /// - Throws: `TrackingError`.
    static func keys(_ texts: [String], _ grammar: FilterGrammar) throws -> [TrackingOrder] {
        var keys: [TrackingOrder] = []
        for text in texts {
            let key = try key(text, grammar)
            guard !keys.contains(where: { $0.field == key.field }) else {
                throw TrackingError.invalid("`order_by` contains duplicate fields: \(texts)")
            }
            keys.append(key)
        }
        return keys
    }

    private static func key(_ text: String, _ grammar: FilterGrammar) throws -> TrackingOrder {
        let wrong = TrackingError.invalid("Invalid order_by clause '\(text)'. Could not be parsed.")
        let tokens = try FilterToken.all(in: text)
        guard tokens.count == 1 || tokens.count == 2, case .name(let name) = tokens[0] else { throw wrong }
        var isAscending = true
        if tokens.count == 2 {
            guard case .name(let word) = tokens[1], ["ASC", "DESC"].contains(word.uppercased()) else {
                throw TrackingError.invalid("Invalid ordering key in order_by clause '\(text)'.")
            }
            isAscending = word.uppercased() == "ASC"
        }
        let field = try grammar.field(name, among: grammar.orderAttributes)
        if case .dataset = field { throw wrong }
        return TrackingOrder(field: field, isAscending: isAscending)
    }
}
