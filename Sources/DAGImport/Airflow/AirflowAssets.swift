import JSONText

/// Asset conditions of Airflow, which Airflow 2 calls datasets.
enum AirflowAssets {
    /// `asset_all` and `asset_any` as `{"all": [...]}` and `{"any": [...]}` of URIs; nil for aliases.
    static func condition(_ value: JSONValue?) -> JSONValue? {
        guard let value, let type = value["__type"]?.stringValue else { return nil }
        switch type {
        case "asset", "dataset":
            return (value["uri"] ?? value["__var"]?["uri"])?.stringValue.map(JSONValue.string)
        case "asset_all", "dataset_all", "asset_any", "dataset_any":
            let parts = (value["objects"]?.arrayValue ?? []).map { condition($0) }
            let known = parts.compactMap { $0 }
            guard known.count == parts.count else { return nil }
            return [type.hasSuffix("all") ? "all" : "any": .array(known)]
        default: return nil
        }
    }

    /// The URIs of everything in it, for messages.
    static func names(_ value: JSONValue) -> [String] {
        if let list = value.arrayValue { return list.flatMap { names($0) } }
        if let uri = (value["uri"] ?? value["__var"]?["uri"])?.stringValue { return [uri] }
        if let name = value["name"]?.stringValue { return [name] }
        return names(value["objects"] ?? [])
    }
}
