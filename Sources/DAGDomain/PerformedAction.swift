import JSONText

/// Work that the program does itself, in a process of the attempt like a command's.
package struct PerformedAction: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case http, sql, container
    }

    package let kind: Kind
    /// An object in the form in which that process reads it, once its places are filled in; `docs/dag-file.md` has
    /// the keys as people write them.
    package let specification: TemplateJSON

    package init(_ kind: Kind, _ specification: TemplateJSON) {
        self.kind = kind
        self.specification = specification
    }
}

/// A JSON value with places to fill in in its texts. A text that is one place alone becomes the value of any kind that
/// the place has.
package indirect enum TemplateJSON: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: TemplateJSON

        package init(_ name: String, _ value: TemplateJSON) {
            self.name = name
            self.value = value
        }
    }

    /// Nothing is filled in in it.
    case value(JSONValue)
    case text(TemplateText)
    case array([TemplateJSON])
    case object([Member])

    /// All texts with places, in order.
    package var templates: [TemplateText] {
        switch self {
        case .value: []
        case .text(let text): [text]
        case .array(let elements): elements.flatMap(\.templates)
        case .object(let members): members.flatMap(\.value.templates)
        }
    }

    /// The value when every text has become one.
    package func filled<Failure: Error>(
        _ fill: (TemplateText) throws(Failure) -> JSONValue
    ) throws(Failure) -> JSONValue {
        switch self {
        case .value(let value): return value
        case .text(let text): return try fill(text)
        case .array(let elements):
            var values: [JSONValue] = []
            for element in elements { values.append(try element.filled(fill)) }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.name] = try member.value.filled(fill) }
            return .object(object)
        }
    }

    /// The same with other texts.
    package func replacing(_ change: (TemplateText) -> TemplateText) -> TemplateJSON {
        switch self {
        case .value: self
        case .text(let text): .text(change(text))
        case .array(let elements): .array(elements.map { $0.replacing(change) })
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.replacing(change)) })
        }
    }
}
