/// A JSON text that was read strictly (RFC 8259), as a tree in which everything knows its line and column.
///
/// Refused, each with its place: a byte-order mark, UTF-16, invalid UTF-8, comments, trailing commas, lone
/// surrogates, control characters in strings, nesting over `maximumDepth`, numbers out of the range of
/// `Double`, anything after the value, an empty text.
package struct JSONDocument: Sendable {
    /// Deeper nesting is refused, so that no input can exhaust the stack.
    package static let maximumDepth = 64

    package let root: JSONNode
    /// One error for each key that an object has twice; empty after `parse`.
    package let duplicateKeys: [JSONSyntaxError]

    /// Reads a text and refuses duplicate keys.
    package static func parse(bytes: [UInt8]) throws(JSONSyntaxError) -> JSONDocument {
        let document = try parseKeepingDuplicates(bytes: bytes)
        if let first = document.duplicateKeys.first { throw first }
        return document
    }

    /// Reads a text and lists duplicate keys in `duplicateKeys`, for callers that report all errors together.
    package static func parseKeepingDuplicates(bytes: [UInt8]) throws(JSONSyntaxError) -> JSONDocument {
        var parser = JSONParser(bytes: bytes)
        let root = try parser.parseText()
        return JSONDocument(root: root, duplicateKeys: parser.duplicateKeys)
    }

    /// The JSON pointer (RFC 6901) of the value that starts, or whose key starts, at `position`; of the
    /// innermost value around it if none does. Found by search, so that nodes need not carry it.
    package func pointer(at position: JSONPosition) -> String {
        var pointer = ""
        var node = root
        while node.position < position {
            if let members = node.members,
                let index = members.lastIndex(notAfter: position, by: \.keyPosition)
            {
                pointer += "/" + members[index].key.jsonPointerEscaped
                if members[index].keyPosition == position { break }
                node = members[index].node
            } else if let elements = node.elements,
                let index = elements.lastIndex(notAfter: position, by: \.position)
            {
                pointer += "/\(index)"
                node = elements[index]
            } else {
                break
            }
        }
        return pointer
    }
}

extension Array {
    /// The last element whose position is not after `position`; the elements are in order.
    fileprivate func lastIndex(
        notAfter position: JSONPosition, by key: (Element) -> JSONPosition
    ) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) <= position { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}

extension String {
    /// The text as one reference token of a JSON pointer (RFC 6901 section 3).
    package var jsonPointerEscaped: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return self
        }
        var result = ""
        for character in unicodeScalars {
            switch character {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
