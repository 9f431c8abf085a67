import APITypes
import Foundation
import HTTPTypes
import Hummingbird
import JSONText
import NIOCore

/// A request body that refuses keys it does not know.
protocol StrictBody: Decodable {
    static var knownKeys: Set<String> { get }
}

extension Request {
    /// Reads the body, which the gatekeeper has collected and limited.
    ///
    /// The text is first read by our own strict parser (depth, duplicate keys, surrogates, numbers out of range), so
    /// that nothing hostile reaches the decoder.
    ///
    /// - Throws: `.notJSON`, `.badRequest` for what is no JSON, `.invalidBody` for a wrong shape.
    func decodeBody<Body: StrictBody>(_ type: Body.Type) async throws -> Body {
        guard headers[.contentType].map(Self.isJSON) ?? false else { throw APIError.notJSON }
        let buffer = try await body.collect(upTo: Gatekeeper.maximumBodyBytes)
        let bytes = Array(buffer.readableBytesView)
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes: bytes)
        } catch {
            throw APIError.badRequest("The request body is not JSON: \(error)")
        }
        return try Self.decode(value, bytes, type)
    }

    /// Reads a body that is part of another one.
    static func decode<Body: StrictBody>(_ value: JSONValue, _ type: Body.Type = Body.self) throws -> Body {
        try decode(value, Array(value.text().utf8), type)
    }

    private static func decode<Body: StrictBody>(
        _ value: JSONValue, _ bytes: [UInt8], _ type: Body.Type
    ) throws -> Body {
        guard let object = value.objectValue else {
            throw APIError.invalidBody([
                .body("model_attributes_type", at: [], "Input should be an object", input: value)
            ])
        }
        let unknown = object.filter { !Body.knownKeys.contains($0.key) }
        guard unknown.isEmpty else {
            throw APIError.invalidBody(
                unknown.map { key, value in
                    .body(
                        "extra_forbidden", at: [.string(key)], "Extra inputs are not permitted", input: value)
                })
        }
        do {
            return try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw APIError.invalidBody([error.validationError(in: value)])
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }
        return type.lowercased().filter { $0 != " " && $0 != "\t" } == "application/json"
    }
}

extension DecodingError {
    /// The mistake in FastAPI's words.
    fileprivate func validationError(in body: JSONValue) -> AirflowV2.ValidationError {
        switch self {
        case .keyNotFound(let key, let context):
            .body("missing", at: Self.path(context.codingPath) + [.string(key.stringValue)], "Field required")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            Self.mistake("\(type)", context, in: body)
        case .dataCorrupted(let context): Self.mistake("", context, in: body)
        @unknown default: .body("value_error", at: [], "The value cannot be read")
        }
    }

    private static func mistake(
        _ type: String, _ context: Context, in body: JSONValue
    ) -> AirflowV2.ValidationError {
        let input = context.codingPath.reduce(Optional(body)) { value, key in
            key.intValue.map { value?[$0] } ?? value?[key.stringValue]
        }
        let (kind, message) =
            switch type {
            case "String": ("string_type", "Input should be a valid string")
            case "Bool": ("bool_type", "Input should be a valid boolean")
            case "Int", "Int64": ("int_type", "Input should be a valid integer")
            case "Double": ("float_type", "Input should be a valid number")
            case "": ("enum", "Input is not one of the permitted values")
            default: ("value_error", "Input has the wrong type")
            }
        return .body(kind, at: path(context.codingPath), message, input: input ?? .null)
    }

    private static func path(_ keys: [any CodingKey]) -> [JSONValue] {
        keys.map { key in key.intValue.map { .integer(Int64($0)) } ?? .string(key.stringValue) }
    }
}
