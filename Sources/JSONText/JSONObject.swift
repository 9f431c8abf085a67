import OrderedCollections

/// The members of a JSON object in the order of the text. Equality ignores the order, as JSON does.
package struct JSONObject: Hashable, Sendable {
    private var members: OrderedDictionary<String, JSONValue>

    package init() {
        members = [:]
    }

    /// The last of several members with one key wins, at the place of the first.
    package init(_ pairs: some Sequence<(String, JSONValue)>) {
        members = OrderedDictionary(pairs, uniquingKeysWith: { $1 })
    }

    package var keys: [String] { Array(members.keys) }
    package var values: [JSONValue] { Array(members.values) }

    /// Assigning nil removes the member.
    package subscript(key: String) -> JSONValue? {
        get { members[key] }
        set { members[key] = newValue }
    }

    /// The members of both; those of `other` win.
    package func merging(_ other: JSONObject) -> JSONObject {
        var result = self
        for (key, value) in other { result[key] = value }
        return result
    }

    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            sum ^= member.finalize()
        }
        hasher.combine(members.count)
        hasher.combine(sum)
    }
}

extension JSONObject: RandomAccessCollection {
    package typealias Element = (key: String, value: JSONValue)

    package var startIndex: Int { 0 }
    package var endIndex: Int { members.count }
    package subscript(position: Int) -> Element { members.elements[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
