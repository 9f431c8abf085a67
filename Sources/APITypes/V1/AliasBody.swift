import JSONText

extension V1 {
    /// Where an alias of a model is to point.
    package struct AliasBody: Codable, Hashable, Sendable {
        /// A number, an alias or `latest`.
        package var version: JSONValue
        package var reason: String?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case version, reason
        }
    }

    /// Why an alias is to go back to where it pointed before, and whether what is in service stays there.
    package struct RollbackBody: Codable, Hashable, Sendable {
        package var reason: String?
        package var aliasOnly: Bool?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case reason
            case aliasOnly = "alias_only"
        }
    }
}
