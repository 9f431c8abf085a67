/// The members of a JSON object in the order of the text. Equality ignores the order, as JSON does.
package struct JSONObject: Sendable {
    private var members: [Element] = []
    /// Where each key is; kept only for objects of more than `linearLimit` members, where searching would be
    /// slower.
    private var places: [String: Int]?

    private static let linearLimit = 12

    package init() {}

    /// The last of several members with one key wins, at the place of the first.
    package init(_ pairs: some Sequence<(String, JSONValue)>) {
        for (key, value) in pairs { self[key] = value }
    }

    package var keys: [String] { members.map(\.key) }
    package var values: [JSONValue] { members.map(\.value) }

    /// Assigning nil removes the member (which costs a pass over all of them).
    package subscript(key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): append(key, value)
            case (let place?, nil):
                members.remove(at: place)
                places = nil
                indexIfLarge()
            case (nil, nil): break
            }
        }
    }

    private func place(of key: String) -> Int? {
        if let places { return places[key] }
        return members.firstIndex { $0.key == key }
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if places == nil { indexIfLarge() } else { places?[key] = members.count - 1 }
    }

    private mutating func indexIfLarge() {
        guard members.count > Self.linearLimit else { return }
        var places: [String: Int] = [:]
        for (place, member) in members.enumerated() { places[member.key] = place }
        self.places = places
    }

    /// The members of both; those of `other` win.
    package func merging(_ other: JSONObject) -> JSONObject {
        var result = self
        for (key, value) in other { result[key] = value }
        return result
    }
}

extension JSONObject: Hashable {
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
    package subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
