import JSONText

/// The serialized DAGs of a file: one as Airflow writes it (`{"__version": 3, "dag": {...}}`), a list of them, or an
/// object with one a key.
struct AirflowDocument {
    /// One serialized DAG with the version of the format: 1 and 2 are Airflow 2, 3 is Airflow 3.
    struct Entry {
        let version: Int64
        let dag: JSONObject
        /// What tasks leave out because it is the same for most of them.
        let taskDefaults: JSONObject
    }

    static let knownVersions: ClosedRange<Int64> = 1...3

    let entries: [Entry]

    init(bytes: [UInt8]) throws(ImportFailure) {
        let root: JSONValue
        do throws(JSONSyntaxError) {
            root = try JSONValue.parse(bytes: bytes)
        } catch {
            throw ImportFailure(
                line: Int(error.position.line), column: Int(error.position.column), error.message)
        }
        var entries: [Entry] = []
        for value in Self.candidates(root) {
            guard let dag = value["dag"]?.objectValue else {
                throw ImportFailure(
                    "not a serialized DAG: expected {\"__version\": ..., \"dag\": {...}}, found "
                        + "\(value.kind)\(value.objectValue.map { " with \($0.keys.prefix(5))" } ?? "")")
            }
            let version = value["__version"]?.intValue ?? 0
            guard Self.knownVersions.contains(version) else {
                throw ImportFailure(
                    "the version \(version) of Airflow's serialized DAGs is not known; known are 1, 2 and 3")
            }
            entries.append(
                Entry(
                    version: version, dag: dag,
                    taskDefaults: value["client_defaults"]?["tasks"]?.objectValue ?? [:]))
        }
        guard !entries.isEmpty else { throw ImportFailure("there is no DAG in it") }
        self.entries = entries
    }

    private static func candidates(_ root: JSONValue) -> [JSONValue] {
        if let list = root.arrayValue { return list }
        if root["dag"] == nil, let object = root.objectValue, !object.isEmpty,
            object.values.allSatisfy({ $0["dag"] != nil })
        {
            return object.values
        }
        return [root]
    }
}

extension JSONValue {
    /// The value without Airflow's wrapping: `{"__type": "dict", "__var": {...}}` is the object, a timedelta is its
    /// seconds, a set or tuple a list. What has no JSON form stays as it is.
    var unwrapped: JSONValue {
        switch self {
        case .array(let elements): return .array(elements.map(\.unwrapped))
        case .object(let object):
            guard let type = object["__type"]?.stringValue, let value = object["__var"] else {
                return .object(JSONObject(object.map { ($0.key, $0.value.unwrapped) }))
            }
            switch type {
            case "dict", "set", "frozenset", "tuple", "timedelta", "datetime", "list", "timezone", "operator":
                return value.unwrapped
            default: return self
            }
        default: return self
        }
    }

    /// Whether leaving it out says the same: null, false, an empty text, list or object.
    var isNothing: Bool {
        switch self {
        case .null, .bool(false): true
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
