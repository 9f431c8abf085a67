import DAGDomain
import JSONText

/// The values that have names: params, outputs, and what a run is called.
extension ConditionParser {
    mutating func named(_ word: String, at start: Int) throws(ConditionFailure) -> ConditionExpression {
        if let literal = Self.literals[word] {
            try advance()
            return .literal(literal)
        }
        if let field = ConditionExpression.RunField(rawValue: word) {
            try advance()
            return .run(field)
        }
        switch word {
        case "params": return try parameter(start)
        case "outputs": return try output(start)
        case "and", "or", "not", "in": throw unexpected("a value")
        default:
            try advance()
            if token == .symbol(.open) {
                throw ConditionFailure("there are no functions in conditions", at: start)
            }
            let known = ["params", "outputs"] + ConditionExpression.RunField.allCases.map(\.rawValue)
            let hint =
                NearestWord.find(word, in: known).map { "did you mean \"\($0)\"?" }
                ?? "known are \(known.joined(separator: ", ")); a text needs quotes"
            throw ConditionFailure("unknown name \(word.quotedForMessage); \(hint)", at: start)
        }
    }

    private static var literals: [String: JSONValue] {
        ["true": true, "false": false, "null": nil, "True": true, "False": false, "None": nil]
    }

    private mutating func parameter(_ start: Int) throws(ConditionFailure) -> ConditionExpression {
        let path = try path()
        guard let name = path.first else { throw ConditionFailure("write params.NAME", at: start) }
        if let problem = names.problem(parameter: name.text) {
            throw ConditionFailure(problem, at: name.offset)
        }
        return try members(path.dropFirst(), of: .parameter(name.text))
    }

    private mutating func output(_ start: Int) throws(ConditionFailure) -> ConditionExpression {
        let path = try path()
        guard path.count >= 2 else { throw ConditionFailure("write outputs.TASK.NAME", at: start) }
        // Ids may contain dots: the longest one that exists is meant, and something must be left for the name.
        let longest = min(max(path.prefix { !$0.isQuoted }.count, 1), path.count - 1)
        let candidates = (1...longest).reversed().map { count in
            path[..<count].map(\.text).joined(separator: ".")
        }
        for (place, text) in candidates.enumerated() {
            guard let task = names.task(named: text) else { continue }
            let count = longest - place
            let name = path[count]
            if let problem = names.problem(output: name.text, of: task) {
                throw ConditionFailure(problem, at: name.offset)
            }
            reads.append(OutputRead(task: task, name: name.text, offset: start))
            return try members(path[(count + 1)...], of: .output(task: task.id, name: name.text))
        }
        throw ConditionFailure(names.problem(unknownTask: candidates), at: path[0].offset)
    }

    private func members(
        _ path: ArraySlice<PathPart>, of base: ConditionExpression
    ) throws(ConditionFailure) -> ConditionExpression {
        guard path.count <= Self.maximumDepth else {
            throw ConditionFailure(
                "nested deeper than \(Self.maximumDepth) levels", at: path[path.startIndex].offset)
        }
        return path.reduce(base) { .member($0, $1.text) }
    }

    private struct PathPart {
        let text: String
        let offset: Int
        let isQuoted: Bool
    }

    /// What follows `params` or `outputs`: `.name`, `['name']`, `[0]`, as often as there is one.
    private mutating func path() throws(ConditionFailure) -> [PathPart] {
        var parts: [PathPart] = []
        try advance()
        while true {
            switch token {
            case .symbol(.dot):
                try advance(toName: true)
                guard case .word(let name) = token else { throw unexpected("a name after '.'") }
                parts.append(PathPart(text: name, offset: offset, isQuoted: false))
            case .symbol(.openList):
                try advance()
                guard case .value(let value) = token, let text = Self.key(value) else {
                    throw unexpected("a text or an index in brackets")
                }
                parts.append(PathPart(text: text, offset: offset, isQuoted: true))
                try advance()
                guard token == .symbol(.closeList) else { throw unexpected("']'") }
            default: return parts
            }
            try advance()
        }
    }

    private static func key(_ value: JSONValue) -> String? {
        if case .integer(let index) = value { return index >= 0 ? "\(index)" : nil }
        return value.stringValue
    }
}
