import JSONText

/// A `when` of a task: the task runs if the expression is true, else it is skipped.
package struct Condition: Hashable, Sendable {
    /// As the file says it, for people.
    package let text: String
    package let expression: ConditionExpression

    package init(text: String, expression: ConditionExpression) {
        self.text = text
        self.expression = expression
    }
}

/// The expression language of conditions: values of the run, comparisons, logic. Nothing in it can loop or call.
package indirect enum ConditionExpression: Hashable, Sendable {
    package enum Comparison: String, Hashable, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        /// The right side is a list that has the left side, a text that contains it, or an object with that key.
        case isIn = "in"
        case isNotIn = "not in"
    }

    package enum RunField: String, Hashable, Sendable, CaseIterable {
        case runID = "run_id"
        case runType = "run_type"
        case logicalDate = "logical_date"
    }

    case literal(JSONValue)
    case list([ConditionExpression])
    case parameter(String)
    case output(task: TaskID, name: String)
    case run(RunField)
    /// A member of an object, or an element of a list.
    case member(ConditionExpression, String)
    case not(ConditionExpression)
    case and(ConditionExpression, ConditionExpression)
    case or(ConditionExpression, ConditionExpression)
    case comparison(Comparison, ConditionExpression, ConditionExpression)

    /// The upstream outputs that the expression reads.
    package var outputs: [(task: TaskID, name: String)] {
        switch self {
        case .output(let task, let name): [(task, name)]
        case .literal, .parameter, .run: []
        case .list(let elements): elements.flatMap(\.outputs)
        case .member(let inner, _), .not(let inner): inner.outputs
        case .and(let left, let right), .or(let left, let right), .comparison(_, let left, let right):
            left.outputs + right.outputs
        }
    }
}

/// What an upstream task must have come to for one edge (`{"task": "a", "on": "failure"}`).
package enum EdgeCondition: String, Hashable, Sendable, CaseIterable {
    case success, failure, done, skipped
}
