import JSONText

/// A value under a name, for tasks: Airflow's variable.
package struct Variable: Hashable, Sendable {
    package var key: String
    package var value: String
    package var description: String?

    package init(key: String, value: String, description: String? = nil) {
        self.key = key
        self.value = value
        self.description = description
    }

    /// 1 to 250 characters without control characters, as Airflow's column holds them.
    package static func isValid(key: String) -> Bool {
        !key.isEmpty && key.count <= 250
            && key.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// What must not be shown: all of it when the name says so, else what a JSON value has below such names.
    package var secrets: [String] {
        let isSensitive = SensitiveNames.contains(key)
        let inside = (try? JSONValue.parse(value)).map {
            SensitiveNames.secrets(in: $0, isSensitive: isSensitive)
        }
        return (isSensitive ? [value] : []) + (inside ?? [])
    }

    /// The value as it may be shown.
    package var shownValue: String {
        if SensitiveNames.contains(key) { return SensitiveNames.mask }
        guard let parsed = try? JSONValue.parse(value), !parsed.isScalar else { return value }
        let masked = SensitiveNames.masked(parsed)
        return masked == parsed ? value : masked.text()
    }
}
