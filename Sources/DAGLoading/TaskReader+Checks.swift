import DAGDomain
import JSONText

/// What is checked of the files of a task.
extension TaskReader {
    /// - Parameter task: has its artifacts already.
    mutating func readChecks(_ fields: Fields, into task: inout ReadTask) {
        guard let member = fields.member("checks") else { return }
        if case .none = task.definition.action, fields["drift"] == nil {
            diagnostics.error("only a task that runs something can have \"checks\"", at: member.keyPosition)
        } else if case .triggerDAG = task.definition.action {
            diagnostics.error("only a task that runs something can have \"checks\"", at: member.keyPosition)
        } else if task.definition.role == .sensor {
            diagnostics.error("a sensor cannot have \"checks\"", at: member.keyPosition)
        }
        var names = Set<String>()
        for element in member.node.elements ?? [] where element.members != nil {
            guard let check = readCheck(element, &task) else { continue }
            if !names.insert(check.name).inserted {
                diagnostics.error(
                    "two checks are named \(check.name.quotedForMessage); give one a \"name\"",
                    at: element.position)
            }
            task.definition.checks.append(check)
        }
    }

    private mutating func readCheck(_ node: JSONNode, _ task: inout ReadTask) -> DataCheck? {
        let fields = Fields(node, .dataCheck)
        let rules = (fields["rules"]?.elements ?? []).compactMap { readRule($0, &task) }
        if rules.count(where: { $0.driftReference != nil }) > 1 {
            diagnostics.error(
                "one rule of a check has \"drift_from\"; write a check for each table", at: node.position)
        }
        let place: DataCheck.Place
        let path: String
        if let artifact = fields["artifact"], let name = artifact.stringValue {
            guard let declared = task.definition.artifacts.first(where: { $0.name == name }) else {
                let names = task.definition.artifacts.map(\.name)
                diagnostics.error(
                    "no artifact of the task is named \(name.quotedForMessage)"
                        + (names.isEmpty ? "" : "; there is " + names.joined(separator: ", ")),
                    at: artifact.position)
                return nil
            }
            place = .artifact(name)
            path = declared.path
        } else if let file = fields["file"], let text = readTemplate(file, references: &task.references) {
            place = .file(text)
            path = file.stringValue ?? ""
        } else {
            return nil
        }
        let format: DataFormat? = fields.choice("format")
        if format == nil, fields["format"] == nil, Self.format(of: path) == nil {
            let position = (fields["artifact"] ?? fields["file"])?.position ?? node.position
            diagnostics.error(
                "the file's name does not end in .csv, .tsv, .jsonl or .ndjson; say its \"format\"",
                at: position)
        }
        return DataCheck(
            name: fields.string("name") ?? Self.checkName(path), place: place, format: format,
            nullWords: fields.strings("null_words"), rules: rules)
    }

    private static func format(of path: String) -> DataFormat? {
        switch path.split(separator: ".").last?.lowercased() {
        case "csv": .csv
        case "tsv": .tsv
        case "jsonl", "ndjson": .jsonl
        default: nil
        }
    }

    /// The last part of the path up to its first dot, in the letters of a metric's name.
    private static func checkName(_ path: String) -> String {
        let file = path.split(separator: "/").last ?? "data"
        let stem = file.split(separator: ".").first ?? file
        let name = String(
            stem.unicodeScalars.map { scalar -> Character in
                let isPlain =
                    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isPlain || scalar == "-" ? Character(scalar) : "_"
            })
        return TextRule.output.accepts(name) ? name : "data_" + name.prefix(100)
    }

    // MARK: Rules

    private mutating func readRule(_ node: JSONNode, _ task: inout ReadTask) -> DataRule? {
        guard node.members != nil else { return nil }
        let fields = Fields(node, .dataRule)
        var rule = DataRule()
        rule.severity = fields.choice("severity") ?? .error
        readTableRule(fields, into: &rule)
        readColumnRule(fields, into: &rule)
        if let reference = fields["drift_from"] {
            rule.driftReference = readTemplate(reference, references: &task.references)
        }
        readDriftRule(fields, into: &rule)
        let isEmpty =
            RuleKeys.table.allSatisfy { fields[$0] == nil }
            && RuleKeys.column.allSatisfy { fields[$0] == nil }
        if isEmpty {
            let isMisspelt = (RuleKeys.table + RuleKeys.column).contains(where: fields.isMisspelt)
            if !isMisspelt { diagnostics.error("the rule demands nothing", at: node.position) }
        }
        return rule
    }

    private mutating func readTableRule(_ fields: Fields, into rule: inout DataRule) {
        rule.minimumRows = fields.integer("min_rows")
        rule.maximumRows = fields.integer("max_rows")
        refuseEmptyRange(rule.minimumRows, rule.maximumRows, "min_rows", "max_rows", fields)
        rule.maximumRowChange = fields.number("max_row_change")
        if let change = rule.maximumRowChange, change < 0 {
            diagnostics.error(
                "\"max_row_change\" must be at least 0",
                at: fields["max_row_change"]?.position ?? fields.position)
        }
        rule.columns = fields.strings("columns")
        reportRepetition(fields["columns"]?.elements ?? [], in: "columns")
        rule.onlyThese = fields["no_other_columns"]?.value.boolValue ?? false
        if rule.onlyThese, rule.columns == nil, let member = fields.member("no_other_columns") {
            diagnostics.error("\"no_other_columns\" needs \"columns\"", at: member.keyPosition)
        }
        rule.maximumFileAge = fields.duration("max_file_age")
    }

    private mutating func readDriftRule(_ fields: Fields, into rule: inout DataRule) {
        rule.maximumPSI = fields.number("max_psi")
        rule.maximumDriftShare = fields.number("max_drift_share")
        if let node = fields["max_drift_share"], let share = rule.maximumDriftShare, !(0...1).contains(share)
        {
            diagnostics.error("\"max_drift_share\" is from 0 to 1", at: node.position)
        }
        let bounds = ["max_psi", "max_drift_share"]
        if fields["drift_from"] == nil, !fields.isMisspelt("drift_from") {
            for member in bounds.compactMap({ fields.member($0) }) {
                diagnostics.error("\"\(member.key)\" needs \"drift_from\"", at: member.keyPosition)
            }
        }
        if let member = fields.member("drift_from"), bounds.allSatisfy({ fields[$0] == nil }),
            !bounds.contains(where: fields.isMisspelt)
        {
            diagnostics.error(
                "\"drift_from\" needs \"max_psi\" or \"max_drift_share\"", at: member.keyPosition)
        }
    }

    private mutating func readColumnRule(_ fields: Fields, into rule: inout DataRule) {
        rule.column = fields.string("column")
        if rule.column == nil, fields["column"] == nil, !fields.isMisspelt("column") {
            for member in RuleKeys.column.compactMap({ fields.member($0) }) {
                diagnostics.error("\"\(member.key)\" needs a \"column\"", at: member.keyPosition)
            }
        }
        if let member = fields.member("column"), RuleKeys.column.allSatisfy({ fields[$0] == nil }),
            !RuleKeys.column.contains(where: fields.isMisspelt)
        {
            let keys = RuleKeys.column.map { "\"\($0)\"" }.joined(separator: ", ")
            diagnostics.error("nothing is demanded of the column: one of \(keys)", at: member.keyPosition)
        }
        rule.type = fields.choice("type")
        rule.maximumNullShare = fields.number("max_null_share")
        if fields["not_null"]?.value.boolValue == true { rule.maximumNullShare = 0 }
        if let share = rule.maximumNullShare, !(0...1).contains(share) {
            diagnostics.error(
                "\"max_null_share\" is from 0 to 1", at: fields["max_null_share"]?.position ?? fields.position
            )
        }
        rule.isUnique = fields["unique"]?.value.boolValue ?? false
        rule.minimum = fields.number("min")
        rule.maximum = fields.number("max")
        refuseEmptyRange(rule.minimum, rule.maximum, "min", "max", fields)
        rule.values = fields["values"]?.elements?.map(\.value)
        rule.maximumAge = fields.duration("max_age")
    }

    private mutating func refuseEmptyRange<Value: Comparable>(
        _ minimum: Value?, _ maximum: Value?, _ low: String, _ high: String, _ fields: Fields
    ) {
        guard let minimum, let maximum, minimum > maximum else { return }
        diagnostics.error(
            "nothing can pass: \"\(low)\" is larger than \"\(high)\"",
            at: fields[low]?.position ?? fields.position)
    }
}

/// The keys of a rule by what they are about.
enum RuleKeys {
    static let table = [
        "min_rows", "max_rows", "max_row_change", "columns", "no_other_columns", "max_file_age", "drift_from",
        "max_psi", "max_drift_share",
    ]
    static let column = ["type", "not_null", "max_null_share", "unique", "min", "max", "values", "max_age"]
}
