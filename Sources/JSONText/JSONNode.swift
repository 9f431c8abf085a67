/// A value of a JSON text together with the place where it starts.
package struct JSONNode: Sendable {
    package enum Content: Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(JSONNumber)
        case string(String)
        case array([JSONNode])
        case object([JSONMember])
    }

    package let content: Content
    package let position: JSONPosition

    /// The value without its places. Of members with the same key the last one is taken.
    package var value: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.value))
        case .object(let members): .object(JSONObject(members.map { ($0.key, $0.node.value) }))
        }
    }

    package var stringValue: String? {
        if case .string(let text) = content { text } else { nil }
    }

    package var elements: [JSONNode]? {
        if case .array(let elements) = content { elements } else { nil }
    }

    package var members: [JSONMember]? {
        if case .object(let members) = content { members } else { nil }
    }

    package var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// What JSON calls the kind of value, with its article: "a string", "null".
    package var kind: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A key and its value, each with its place.
package struct JSONMember: Sendable {
    package let key: String
    package let keyPosition: JSONPosition
    package let node: JSONNode
}
