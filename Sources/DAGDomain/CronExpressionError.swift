/// Why a text is not a cron expression, with what a person needs to correct it.
package struct CronExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Problem: Hashable, Sendable {
        case empty
        case tooLong(bytes: Int)
        case fieldCount(Int)
        case unknownPreset
        case zonePrefix
        /// A part of a field: `text` is the part between two commas.
        case field(CronExpression.Field, text: String, FieldProblem)
        /// No day of the calendar satisfies the expression.
        case neverFires
    }

    package enum FieldProblem: Hashable, Sendable {
        case empty
        case notUnderstood
        case unsupported(String)
        case outOfRange(String)
        case reversedRange
        case step(String)
        case occurrence(String)
    }

    package let expression: String
    package let problem: Problem

    package var description: String {
        "cron expression \(expression.quotedForMessage): \(explanation)"
    }

    private var explanation: String {
        switch problem {
        case .empty: "it is empty; write five fields, minute hour day-of-month month day-of-week"
        case .tooLong(let bytes): "it has \(bytes) bytes, at most \(CronExpression.maximumLength) are allowed"
        case .fieldCount(let count):
            "it has \(count) \(count == 1 ? "field" : "fields"); write five, minute hour day-of-month month "
                + "day-of-week (there is no field for seconds or years)"
        case .unknownPreset:
            "unknown preset; the presets are \(CronExpression.presetNames.joined(separator: ", "))"
        case .zonePrefix: "the time zone is the DAG's \"timezone\", not a part of the expression"
        case .field(let field, let text, let problem):
            "\(field.name) \(text.quotedForMessage): \(problem.explanation(in: field))"
        case .neverFires: "no day of the calendar satisfies it, so it would never run"
        }
    }
}

extension CronExpressionError.FieldProblem {
    fileprivate func explanation(in field: CronExpression.Field) -> String {
        switch self {
        case .empty: "a value is missing; \(field.accepted)"
        case .notUnderstood: "not understood; \(field.accepted)"
        case .unsupported(let hint): hint
        case .outOfRange(let value): "\(value.quotedForMessage) is out of range; \(field.accepted)"
        case .reversedRange:
            "the range ends before it starts; write it as two parts"
                + (field == .dayOfWeek ? ", or use 7 for Sunday, as in 5-7" : "")
        case .step(let step):
            "the step \(step.quotedForMessage) must be a number from 1 to \(field.maximumStep)"
        case .occurrence(let number):
            "\(number.quotedForMessage) must be a number from 1 to 5, as in MON#2 for the second Monday"
        }
    }
}
