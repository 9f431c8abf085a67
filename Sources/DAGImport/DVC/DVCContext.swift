/// The values that `${...}` can name, and what they put into a text.
struct DVCContext {
    /// Why a text cannot be filled in.
    struct Unresolved: Error {
        let message: String
    }

    private(set) var values: [(key: String, value: YAMLValue)] = []

    /// Adds values; maps that are there are extended.
    mutating func merge(_ members: [(key: String, value: YAMLValue)]) {
        values = Self.merged(values, members)
    }

    mutating func set(_ key: String, _ value: YAMLValue) {
        values.removeAll { $0.key == key }
        values.append((key, value))
    }

    private static func merged(
        _ old: [(key: String, value: YAMLValue)], _ new: [(key: String, value: YAMLValue)]
    ) -> [(key: String, value: YAMLValue)] {
        var result = old
        for (key, value) in new {
            guard let place = result.firstIndex(where: { $0.key == key }) else {
                result.append((key, value))
                continue
            }
            if let before = result[place].value.members, let after = value.members {
                result[place].value = YAMLValue(.map(merged(before, after)), line: value.line)
            } else {
                result[place].value = value
            }
        }
        return result
    }

    /// A value that is one expression alone keeps its kind; others become text.
    func resolve(_ value: YAMLValue) throws(Unresolved) -> YAMLValue {
        switch value.content {
        case .text(let text):
            if text.hasPrefix("${"), text.firstIndex(of: "}") == text.indices.last {
                return try select(String(text.dropFirst(2).dropLast()))
            }
            return YAMLValue(.text(try fill(text)), line: value.line)
        case .list(let elements):
            var resolved: [YAMLValue] = []
            for element in elements { resolved.append(try resolve(element)) }
            return YAMLValue(.list(resolved), line: value.line)
        case .map(let members):
            var resolved: [(key: String, value: YAMLValue)] = []
            for (key, member) in members { resolved.append((try fill(key), try resolve(member))) }
            return YAMLValue(.map(resolved), line: value.line)
        default: return value
        }
    }

    /// A text with every `${...}` filled in; `\${` stands for the two characters.
    ///
    /// - Parameter isCommand: maps become options of a command line.
    func fill(_ text: String, isCommand: Bool = false) throws(Unresolved) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            let before = rest[..<start.lowerBound]
            if before.hasSuffix("\\") {
                result += before.dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += before
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                result += rest[start.lowerBound...]
                return result
            }
            let expression = String(rest[start.upperBound..<end])
            let value = try select(expression)
            if let text = value.inserted {
                result += text
            } else if isCommand, let options = Self.options(value) {
                result += options
            } else {
                throw Unresolved(message: "${\(expression)} is a list or a map")
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// `train.layers[0].size`
    private func select(_ expression: String) throws(Unresolved) -> YAMLValue {
        let path = expression.replacing("[", with: ".").replacing("]", with: "").split(separator: ".")
            .map { String($0).trimmed }
        var current = YAMLValue(.map(values), line: 0)
        for key in path {
            if let member = current[key] {
                current = member
            } else if let elements = current.elements, let index = Int(key), elements.indices.contains(index)
            {
                current = elements[index]
            } else {
                throw Unresolved(message: "${\(expression)} has no value")
            }
        }
        guard !path.isEmpty else { throw Unresolved(message: "${\(expression)} names nothing") }
        return current
    }

    /// DVC's default form: `--name value`, `--flag` for true, nothing for false, several values one after the other.
    private static func options(_ value: YAMLValue, prefix: String = "") -> String? {
        guard let members = value.members else { return nil }
        var words: [String] = []
        for (key, member) in members {
            let name = prefix + key
            switch member.content {
            case .bool(let isSet): if isSet { words.append("--\(name)") }
            case .map:
                guard let inner = options(member, prefix: name + ".") else { return nil }
                if !inner.isEmpty { words.append(inner) }
            case .list(let elements):
                let texts = elements.compactMap(quoted)
                guard texts.count == elements.count else { return nil }
                if !texts.isEmpty { words.append("--\(name) " + texts.joined(separator: " ")) }
            default: words.append("--\(name) \(quoted(member) ?? "")")
            }
        }
        return words.joined(separator: " ")
    }

    private static func quoted(_ value: YAMLValue) -> String? {
        if let text = value.text { return ShellText.quoted(text) }
        return value.inserted
    }
}
