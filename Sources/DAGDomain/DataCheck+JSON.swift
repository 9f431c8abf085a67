import JSONText

/// Checks as JSON, with the keys of a DAG file: the form in which they reach the process that makes them.
extension DataCheck {
    /// - Parameters:
    ///   - path: of the file, filled in.
    ///   - fill: gives the value of any other text.
    package func json<Failure: Error>(
        path: String, fill: (TemplateText) throws(Failure) -> String
    ) throws(Failure) -> JSONObject {
        var rules: [JSONValue] = []
        for rule in self.rules {
            var object = rule.json
            if let reference = rule.driftReference { object["drift_from"] = .string(try fill(reference)) }
            rules.append(.object(object))
        }
        var object: JSONObject = ["name": .string(name), "path": .string(path), "rules": .array(rules)]
        object["format"] = format.map { .string($0.rawValue) }
        object["null_words"] = nullWords.map { .array($0.map(JSONValue.string)) }
        return object
    }

    /// Reads what `json` makes. The place is the path that was filled in.
    package init?(json value: JSONValue) {
        guard let name = value["name"]?.stringValue, let path = value["path"]?.stringValue,
            let rules = value["rules"]?.arrayValue
        else { return nil }
        self.init(
            name: name, place: .file(TemplateText(literal: path)),
            format: value["format"]?.stringValue.flatMap(DataFormat.init(rawValue:)),
            nullWords: value["null_words"]?.arrayValue?.compactMap(\.stringValue),
            rules: rules.map(DataRule.init(json:)))
    }
}

extension DataRule {
    fileprivate var json: JSONObject {
        var object: JSONObject = ["severity": .string(severity.rawValue)]
        object["min_rows"] = minimumRows.map { .integer(Int64($0)) }
        object["max_rows"] = maximumRows.map { .integer(Int64($0)) }
        object["max_row_change"] = maximumRowChange.flatMap { JSONValue($0) }
        object["columns"] = columns.map { .array($0.map(JSONValue.string)) }
        if onlyThese { object["no_other_columns"] = true }
        object["max_file_age"] = maximumFileAge.flatMap { JSONValue($0.inSeconds) }
        object["max_psi"] = maximumPSI.flatMap { JSONValue($0) }
        object["max_drift_share"] = maximumDriftShare.flatMap { JSONValue($0) }
        object["column"] = column.map(JSONValue.string)
        object["type"] = type.map { .string($0.rawValue) }
        object["max_null_share"] = maximumNullShare.flatMap { JSONValue($0) }
        if isUnique { object["unique"] = true }
        object["min"] = minimum.flatMap { JSONValue($0) }
        object["max"] = maximum.flatMap { JSONValue($0) }
        object["values"] = values.map(JSONValue.array)
        object["max_age"] = maximumAge.flatMap { JSONValue($0.inSeconds) }
        return object
    }

    fileprivate init(json value: JSONValue) {
        severity = value["severity"]?.stringValue.flatMap(GateSeverity.init(rawValue:)) ?? .error
        minimumRows = value["min_rows"]?.intValue.map { Int($0) }
        maximumRows = value["max_rows"]?.intValue.map { Int($0) }
        maximumRowChange = value["max_row_change"]?.doubleValue
        columns = value["columns"]?.arrayValue?.compactMap(\.stringValue)
        onlyThese = value["no_other_columns"]?.boolValue ?? false
        maximumFileAge = value["max_file_age"]?.doubleValue.map { .seconds($0) }
        driftReference = value["drift_from"]?.stringValue.map { TemplateText(literal: $0) }
        maximumPSI = value["max_psi"]?.doubleValue
        maximumDriftShare = value["max_drift_share"]?.doubleValue
        column = value["column"]?.stringValue
        type = value["type"]?.stringValue.flatMap(ColumnType.init(rawValue:))
        maximumNullShare = value["max_null_share"]?.doubleValue
        isUnique = value["unique"]?.boolValue ?? false
        minimum = value["min"]?.doubleValue
        maximum = value["max"]?.doubleValue
        values = value["values"]?.arrayValue
        maximumAge = value["max_age"]?.doubleValue.map { .seconds($0) }
    }
}
