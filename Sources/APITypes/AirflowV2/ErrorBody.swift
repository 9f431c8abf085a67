import JSONText

extension AirflowV2 {
    /// What every error carries.
    package struct ErrorBody: Codable, Hashable, Sendable {
        /// A text; an object for a broken uniqueness rule; a list of `ValidationError` for a body of the wrong shape.
        package var detail: JSONValue
        /// Our own addition: one word a kind of error, such as `unknown_dag`, `broken_dag`, `conflict`.
        @Nullable package var code: String?

        package init(detail: JSONValue, code: String? = nil) {
            self.detail = detail
            self.code = code
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case detail, code
        }
    }

    /// One mistake in a request.
    package struct ValidationError: Codable, Hashable, Sendable {
        package var type: String
        /// Where: `body` or `query`, then keys and positions.
        package var loc: [JSONValue]
        package var msg: String
        @Nullable package var input: JSONValue?

        package init(type: String, loc: [JSONValue], msg: String, input: JSONValue? = nil) {
            self.type = type
            self.loc = loc
            self.msg = msg
            self.input = input
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case type, loc, msg, input
        }
    }
}
