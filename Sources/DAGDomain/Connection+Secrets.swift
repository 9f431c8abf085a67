import JSONText

extension Connection {
    /// Airflow's rule: letters, digits, `_`, `.` and `-`, at most 200.
    package static func isValid(id: String) -> Bool {
        !id.isEmpty && id.count <= 200
            && id.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil
                    || "_.-".unicodeScalars.contains($0)
            }
    }

    /// What must not be shown: the password, and what `extra` has below sensitive names.
    package var secrets: [String] {
        var secrets = password.map { [$0] } ?? []
        if let extra, !extra.isEmpty {
            if let value = try? JSONValue.parse(extra) {
                secrets += SensitiveNames.secrets(in: value)
            } else {
                secrets.append(extra)
            }
        }
        return secrets
    }

    /// `extra` as it may be shown.
    package var shownExtra: String? {
        guard let extra, !extra.isEmpty else { return extra }
        guard let parsed = try? JSONValue.parse(extra) else { return SensitiveNames.mask }
        let masked = SensitiveNames.masked(parsed)
        return masked == parsed ? extra : masked.text()
    }

    package var shownPassword: String? { password.map { $0.isEmpty ? "" : SensitiveNames.mask } }
}
