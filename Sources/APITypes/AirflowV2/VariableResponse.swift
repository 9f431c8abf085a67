import JSONText

extension AirflowV2 {
    /// A variable; sensitive values are `***`.
    package struct VariableResponse: Codable, Hashable, Sendable {
        @Nullable package var description: String?
        package var isEncrypted: Bool
        package var key: String
        @Nullable package var teamName: String?
        package var value: String

        package init(
            description: String? = nil, isEncrypted: Bool = true, key: String, teamName: String? = nil,
            value: String
        ) {
            self.description = description
            self.isEncrypted = isEncrypted
            self.key = key
            self.teamName = teamName
            self.value = value
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, key, value
            case isEncrypted = "is_encrypted"
            case teamName = "team_name"
        }
    }

    /// A page of variables.
    package struct VariableCollectionResponse: Codable, Hashable, Sendable {
        package var totalEntries: Int
        package var variables: [VariableResponse]

        package init(totalEntries: Int, variables: [VariableResponse]) {
            self.totalEntries = totalEntries
            self.variables = variables
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case variables
            case totalEntries = "total_entries"
        }
    }

    /// A new variable, or what shall be changed of one.
    package struct VariableBody: Codable, Hashable, Sendable {
        package var description: String?
        package var key: String
        package var teamName: String?
        /// Anything but a text is kept as JSON.
        package var value: JSONValue

        package init(description: String? = nil, key: String, teamName: String? = nil, value: JSONValue) {
            self.description = description
            self.key = key
            self.teamName = teamName
            self.value = value
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, key, value
            case teamName = "team_name"
        }
    }
}
