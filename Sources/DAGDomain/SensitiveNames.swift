import JSONText

/// Whose values are secret because of their names: Airflow's list (`DEFAULT_SENSITIVE_FIELDS` of its secrets masker).
package enum SensitiveNames {
    private static let words = [
        "access_key", "access_token", "api_key", "apikey", "authorization", "keyfile_dict", "passphrase",
        "passwd", "password", "private_key", "proxies", "proxy", "secret", "service_account", "token",
    ]

    /// What stands in the place of a secret.
    package static let mask = "***"

    /// Whether one of the words is in the name, in any case.
    package static func contains(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains($0) }
    }

    /// The value with everything masked that lies below a sensitive name.
    package static func masked(_ value: JSONValue, named name: String? = nil) -> JSONValue {
        if let name, contains(name) { return value.isNull ? value : .string(mask) }
        switch value {
        case .array(let elements): return .array(elements.map { masked($0) })
        case .object(let members):
            return .object(JSONObject(members.map { ($0.key, masked($0.value, named: $0.key)) }))
        default: return value
        }
    }

    /// The texts of a value that lie below a sensitive name.
    package static func secrets(in value: JSONValue, isSensitive: Bool = false) -> [String] {
        switch value {
        case .null, .bool: []
        case .string(let text): isSensitive ? [text] : []
        case .integer, .number: isSensitive ? [value.text()] : []
        case .array(let elements): elements.flatMap { secrets(in: $0, isSensitive: isSensitive) }
        case .object(let members):
            members.flatMap { secrets(in: $0.value, isSensitive: isSensitive || contains($0.key)) }
        }
    }
}
