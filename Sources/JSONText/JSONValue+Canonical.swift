extension JSONValue {
    /// The same text for equal values: members of objects in order of their names.
    package func canonicalText() -> String { sorted.text() }

    private var sorted: JSONValue {
        switch self {
        case .object(let object):
            .object(
                JSONObject(zip(object.keys, object.values).sorted { $0.0 < $1.0 }.map { ($0.0, $0.1.sorted) })
            )
        case .array(let elements): .array(elements.map(\.sorted))
        default: self
        }
    }
}
