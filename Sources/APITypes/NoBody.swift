/// Writes `null`: what Airflow answers to a DELETE that has nothing to tell.
package struct NoBody: Codable, Hashable, Sendable {
    package init() {}

    package init(from decoder: any Decoder) throws {}

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}
