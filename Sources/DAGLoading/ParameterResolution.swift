import DAGDomain
import JSONText

/// Decides the params of a run: the declared defaults, then `conf`, then `name=value` assignments.
package struct ParameterResolution: Sendable {
    /// Everything that is wrong with what a run was given, each as a sentence.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let problems: [String]

        package init(problems: [String]) {
            self.problems = problems
        }

        package var description: String { problems.joined(separator: "\n") }
    }

    /// The longest text that a param may be: it must fit into one environment variable (Linux: 128 KiB with
    /// its name).
    package static let maximumTextLength = 120_000

    private let definitions: [ParameterDefinition]

    package init(_ definitions: [ParameterDefinition]) {
        self.definitions = definitions
    }

    /// The value of every declared param, in the order of the file.
    ///
    /// - Parameters:
    ///    - conf: values by name, from `--conf`, an API call or a triggering task.
    ///    - assignments: `name=value` texts from `--param`, read by the declared type: for a string the text
    ///      itself, else JSON. They win over `conf`, the later over the earlier.
    package func resolve(
        conf: JSONObject = JSONObject(), assignments: [String] = []
    ) throws(Failure) -> JSONObject {
        var problems: [String] = []
        var given = conf
        for assignment in assignments {
            guard let mark = assignment.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                problems.append("\(assignment.quotedForMessage) is not of the form name=value")
                continue
            }
            let name = String(assignment[..<mark])
            let text = String(assignment[assignment.utf8.index(after: mark)...])
            guard let definition = definition(name) else {
                // Reported below, with the undeclared names of `conf`.
                given[name] = .string(text)
                continue
            }
            switch Self.read(text, for: definition) {
            case .success(let value): given[name] = value
            case .failure(let failure): problems += failure.problems
            }
        }
        for name in given.keys where definition(name) == nil { problems.append(undeclared(name)) }
        var resolved = JSONObject()
        for definition in definitions {
            guard let value = given[definition.name] ?? definition.defaultValue else {
                problems.append(
                    "the param \(definition.name.quotedForMessage) has no default and no value was given")
                continue
            }
            resolved[definition.name] = value
            guard given[definition.name] != nil else { continue }
            let label = "the param \(definition.name.quotedForMessage)"
            problems += ParameterSchema(schema: definition.schema).problems(value, label)
            problems += Self.limits(value, label)
        }
        guard problems.isEmpty else { throw Failure(problems: problems) }
        return resolved
    }

    private func definition(_ name: String) -> ParameterDefinition? { definitions.first { $0.name == name } }

    private func undeclared(_ name: String) -> String {
        let hint: String
        if definitions.isEmpty {
            hint = "; the DAG has no params"
        } else if let nearest = NearestWord.find(name, in: definitions.map(\.name)) {
            hint = "; did you mean \"\(nearest)\"?"
        } else {
            hint = "; declared are \(definitions.map(\.name).joined(separator: ", "))"
        }
        return "the param \(name.quotedForMessage) is not declared\(hint)"
    }

    /// The value of an assignment. Where the schema allows a text beside other kinds, JSON of those kinds
    /// wins.
    private static func read(_ text: String, for definition: ParameterDefinition) -> Result<
        JSONValue, Failure
    > {
        let kinds = kinds(of: definition)
        let parsed = try? JSONValue.parse(text)
        if let kinds, kinds.contains(.string) {
            let others = kinds.filter { $0 != .string }
            if let parsed, others.contains(where: { $0.matches(parsed) }) { return .success(parsed) }
            return .success(.string(text))
        }
        if let parsed { return .success(parsed) }
        guard let kinds else { return .success(.string(text)) }
        let wanted = kinds.map(\.phrase).joined(separator: " or ")
        let name = definition.name.quotedForMessage
        return .failure(
            Failure(problems: ["the param \(name) must be \(wanted), found \(text.quotedForMessage)"]))
    }

    /// The declared kinds; without `type` those of `enum`, else that of the default. Nil when nothing tells.
    private static func kinds(of definition: ParameterDefinition) -> [ParameterKind]? {
        if let kinds = ParameterSchema(schema: definition.schema).kinds { return kinds }
        let samples = definition.schema["enum"]?.arrayValue ?? definition.defaultValue.map { [$0] } ?? []
        let kinds = ParameterKind.allCases.filter { kind in
            kind != .integer && samples.contains(where: kind.matches)
        }
        return kinds.isEmpty || kinds == [.null] ? nil : kinds
    }

    /// What the operating system cannot pass on: NUL, and texts too long for an environment variable.
    static func limits(_ value: JSONValue, _ label: String) -> [String] {
        switch value {
        case .string(let text):
            if text.utf8.contains(0) { return ["\(label) contains the character U+0000"] }
            let length = text.utf8.count
            if length > maximumTextLength {
                return ["\(label) is a text of \(length) bytes, at most \(maximumTextLength) are possible"]
            }
            return []
        case .array(let elements): return elements.flatMap { limits($0, label) }
        case .object(let object): return object.values.flatMap { limits($0, label) }
        default: return []
        }
    }
}
