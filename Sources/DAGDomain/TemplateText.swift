/// A text of a DAG file with places to fill in, parsed once at load: `{{ params.NAME }}`, `{{ ds | add_days(-1) }}`.
///
/// Rendering is one pass: a value that itself contains braces stays as it is. Templates exist only in elements of an
/// argument array, in `env` values and in the params of a triggered DAG; never in a shell string.
package struct TemplateText: Hashable, Sendable {
    package enum Segment: Hashable, Sendable {
        case literal(String)
        case place(TemplatePlace)
    }

    package let segments: [Segment]

    package init(segments: [Segment]) {
        self.segments = segments
    }

    package init(literal: String) {
        segments = literal.isEmpty ? [] : [.literal(literal)]
    }

    /// The text outside of the places; all of it when there are none.
    package var literalText: String {
        segments.map { if case .literal(let text) = $0 { text } else { "" } }.joined()
    }

    package var isLiteral: Bool { places.isEmpty }

    package var places: [TemplatePlace] {
        segments.compactMap { if case .place(let place) = $0 { place } else { nil } }
    }
}

/// One `NAME=value` of an `env` object, in file order.
package struct EnvironmentEntry: Hashable, Sendable {
    package let name: String
    package let value: TemplateText

    package init(name: String, value: TemplateText) {
        self.name = name
        self.value = value
    }
}
