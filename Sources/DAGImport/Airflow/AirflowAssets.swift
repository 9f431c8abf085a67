import JSONText

/// Assets of Airflow, which Airflow 2 calls datasets, and conditions on them.
enum AirflowAssets {
    /// `asset_all` and `asset_any` as `{"all": [...]}` and `{"any": [...]}` of assets and aliases; nil for anything else.
    static func condition(_ value: JSONValue?) -> JSONValue? {
        guard let value, let type = value["__type"]?.stringValue else { return nil }
        switch type {
        case "asset", "dataset": return asset(value)
        case "asset_alias", "dataset_alias": return alias(value)
        case "asset_all", "dataset_all", "asset_any", "dataset_any":
            let members = value["objects"] ?? value["__var"]?["objects"]
            let parts = (members?.arrayValue ?? []).map { condition($0) }
            let known = parts.compactMap { $0 }
            guard known.count == parts.count, !known.isEmpty else { return nil }
            return [type.hasSuffix("all") ? "all" : "any": .array(known)]
        default: return nil
        }
    }

    /// An asset as its URI, or with all that is said of it; nil for what is none.
    static func asset(_ value: JSONValue) -> JSONValue? {
        let type = value["__type"]?.stringValue
        guard type == nil || type == "asset" || type == "dataset" else { return nil }
        func member(_ key: String) -> JSONValue? { value[key] ?? value["__var"]?[key] }
        guard let uri = member("uri")?.stringValue else { return nil }
        var described: JSONObject = ["uri": .string(uri)]
        if let name = member("name")?.stringValue, name != uri { described["name"] = .string(name) }
        if let group = member("group")?.stringValue, !group.isEmpty, group != "asset", group != "dataset" {
            described["group"] = .string(group)
        }
        if let extra = member("extra")?.unwrapped.objectValue, !extra.isEmpty {
            described["extra"] = .object(extra)
        }
        return described.count == 1 ? .string(uri) : .object(described)
    }

    /// An alias, under which a task tells of its assets only while it runs; nil for what is none.
    static func alias(_ value: JSONValue) -> JSONValue? {
        guard let type = value["__type"]?.stringValue, type == "asset_alias" || type == "dataset_alias",
            let name = (value["name"] ?? value["__var"]?["name"])?.stringValue
        else { return nil }
        return ["alias": .string(name)]
    }

    /// The URIs of everything in it, for messages.
    static func names(_ value: JSONValue) -> [String] {
        if let list = value.arrayValue { return list.flatMap { names($0) } }
        if let uri = (value["uri"] ?? value["__var"]?["uri"])?.stringValue { return [uri] }
        if let name = (value["name"] ?? value["__var"]?["name"])?.stringValue { return [name] }
        return names(value["objects"] ?? [])
    }
}
