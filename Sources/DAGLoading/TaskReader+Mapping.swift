import DAGDomain
import JSONText

/// What `expand`, `expand_kwargs` or `matrix` say.
struct ReadMapping {
    let mapping: TaskMapping
    /// The names that the instances' values have.
    var names: [String] = []
    /// Whether there may be other names as well.
    var isOpen = false
}

extension TaskReader {
    /// Reads the mapping of a task or group; nil when it has none.
    mutating func readMapping(_ fields: Fields, references: inout [OutputReference]) -> ReadMapping? {
        let given = RoleKeys.mappings.compactMap { fields.member($0) }
        guard let member = given.first else {
            for member in ["max_parallel", "fail_fast"].compactMap({ fields.member($0) }) {
                diagnostics.error(
                    "\"\(member.key)\" needs \"expand\", \"expand_kwargs\" or \"matrix\"",
                    at: member.keyPosition)
            }
            return nil
        }
        for other in given.dropFirst() {
            diagnostics.error(
                "only one of \"expand\", \"expand_kwargs\" and \"matrix\" is possible", at: other.keyPosition)
        }
        checkLiterals(member.node, of: member.key)
        switch member.key {
        case "expand":
            let axes = readAxes(member.node.members ?? [], references: &references)
            checkCount(axes, plus: 0, member)
            return ReadMapping(mapping: TaskMapping(.product(axes)), names: axes.map(\.name))
        case "matrix": return readMatrix(member, references: &references)
        default: return readRows(member, references: &references)
        }
    }

    private mutating func readMatrix(
        _ member: JSONMember, references: inout [OutputReference]
    ) -> ReadMapping {
        let members = member.node.members ?? []
        let axes = readAxes(
            members.filter { !["include", "exclude"].contains($0.key) }, references: &references)
        let lists = { (name: String) in members.first { $0.key == name }?.node.elements ?? [] }
        for entry in lists("exclude") {
            for key in entry.members ?? [] where !axes.contains(where: { $0.name == key.key }) {
                let hint = NearestWord.find(key.key, in: axes.map(\.name)).map { "; did you mean \"\($0)\"?" }
                diagnostics.error(
                    "\"exclude\" names \(key.key.quotedForMessage), which is not a key of the matrix"
                        + (hint ?? ""), at: key.keyPosition)
            }
        }
        let include = lists("include").compactMap(\.value.objectValue)
        checkCount(axes, plus: include.count, member)
        let form = TaskMapping.Form.matrix(
            axes, include: include, exclude: lists("exclude").compactMap(\.value.objectValue))
        let names = axes.map(\.name) + include.flatMap(\.keys)
        checkVariables(names, at: member.keyPosition)
        return ReadMapping(mapping: TaskMapping(form), names: names)
    }

    private mutating func readRows(
        _ member: JSONMember, references: inout [OutputReference]
    ) -> ReadMapping {
        if let source = readSource(member.node, references: &references) {
            return ReadMapping(mapping: TaskMapping(.rows(source)), isOpen: true)
        }
        let rows = (member.node.elements ?? []).map(\.value)
        report(rows.count, member)
        let names = Set(rows.flatMap { $0.objectValue?.keys ?? [] }).sorted()
        checkVariables(names, at: member.keyPosition)
        return ReadMapping(mapping: TaskMapping(.rows(.literal(rows))), names: names)
    }

    private mutating func readAxes(
        _ members: [JSONMember], references: inout [OutputReference]
    ) -> [TaskMapping.Axis] {
        var axes: [TaskMapping.Axis] = []
        var seen = Set<String>()
        for member in members where seen.insert(member.key).inserted {
            if let elements = member.node.elements {
                axes.append(TaskMapping.Axis(name: member.key, values: .literal(elements.map(\.value))))
            } else if let source = readSource(member.node, references: &references) {
                axes.append(TaskMapping.Axis(name: member.key, values: source))
            }
        }
        if let first = members.first { checkVariables(axes.map(\.name), at: first.keyPosition) }
        return axes
    }

    /// `{"task": T, "output": NAME}`.
    private mutating func readSource(
        _ node: JSONNode, references: inout [OutputReference]
    ) -> TaskMapping.Values? {
        guard node.members != nil else { return nil }
        let fields = Fields(node, .outputSource)
        guard let task = fields.string("task"), let name = fields.string("output") else { return nil }
        references.append(
            OutputReference(
                task: task, name: name, shown: "the output \"\(name)\" of \"\(task)\"",
                position: (fields["task"] ?? node).position))
        return .output(task: TaskID(task), name: name)
    }

    /// Values are used as they are: nothing is filled in in them, and each must fit into a variable.
    private mutating func checkLiterals(_ node: JSONNode, of key: String) {
        if let text = node.stringValue {
            refuseTemplate(text, in: key, at: node.position)
            for problem in ParameterResolution.limits(node.value, "the value") {
                diagnostics.error(problem, at: node.position)
            }
        }
        for element in node.elements ?? [] { checkLiterals(element, of: key) }
        for member in node.members ?? [] { checkLiterals(member.node, of: key) }
    }

    /// Two names must not be one environment variable.
    private mutating func checkVariables(_ names: [String], at position: JSONPosition) {
        var variables: [String: String] = [:]
        for name in names {
            let variable = name.uppercased()
            guard let other = variables.updateValue(name, forKey: variable), other != name else { continue }
            diagnostics.error(
                "\"\(other)\" and \"\(name)\" would both be $ORCHESTRATOR_PARAM_\(variable)", at: position)
        }
    }

    private mutating func checkCount(_ axes: [TaskMapping.Axis], plus more: Int, _ member: JSONMember) {
        let counts = axes.compactMap { axis in
            if case .literal(let values) = axis.values { values.count } else { nil }
        }
        guard !counts.contains(0) else { return report(more, member) }
        var product = 1
        for count in counts {
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: count)
            product = isTooLarge ? Int.max - more : next
        }
        report((axes.isEmpty ? 0 : product) + more, member)
    }

    private mutating func report(_ count: Int, _ member: JSONMember) {
        guard count > TaskMapping.maximumInstances else { return }
        diagnostics.error(
            "\"\(member.key)\" makes \(count) instances, at most \(TaskMapping.maximumInstances) are allowed",
            at: member.keyPosition)
    }
}
