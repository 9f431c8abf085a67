import JSONText

extension AirflowV2 {
    /// Every error but a body of the wrong shape.
    package struct HTTPExceptionResponse: Codable, Hashable, Sendable {
        /// A text, or an object with the parts of a broken uniqueness rule.
        package var detail: JSONValue

        package init(detail: JSONValue) {
            self.detail = detail
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case detail
        }
    }

    /// A request body of the wrong shape, as FastAPI tells it.
    package struct HTTPValidationError: Codable, Hashable, Sendable {
        package var detail: [ValidationError]

        package init(detail: [ValidationError]) {
            self.detail = detail
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case detail
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
