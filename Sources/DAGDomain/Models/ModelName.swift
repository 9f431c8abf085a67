/// The name under which versions of a model are registered. Rule: MLflow's (not empty, no `/`, no `:`), one line, at most
/// 256 bytes.
package struct ModelName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    package var isValid: Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 256 else { return false }
        return first != 0x20 && last != 0x20 && text != "." && text != ".."
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "/" && scalar != ":" && scalar.properties.generalCategory != .control
                    && scalar.properties.generalCategory != .lineSeparator
                    && scalar.properties.generalCategory != .paragraphSeparator
            }
    }

    /// What is updated when an alias moves: `model://NAME@ALIAS`, with every byte of the name that is not unreserved in
    /// a URI (RFC 3986 section 2.3) as `%XX`.
    package func asset(of alias: AliasName) -> AssetURI {
        var escaped = ""
        for byte in text.utf8 {
            if byte.isNameByte || byte == UInt8(ascii: "~") {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return AssetURI("model://\(escaped)@\(alias)")
    }
}

/// A name that points to one version of a model at a time, such as `champion`. Rule: MLflow's.
package struct AliasName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    package static let champion = AliasName("champion")
    package static let challenger = AliasName("challenger")

    /// Letters, digits, `_` and `-`; not `latest`, and not a version such as `v12`, in any case.
    package var isValid: Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= 255,
            bytes.allSatisfy({ $0.isNameByte && $0 != UInt8(ascii: ".") })
        else { return false }
        let lower = text.lowercased()
        let isVersion = lower.hasPrefix("v") && lower.count > 1 && lower.dropFirst().allSatisfy(\.isNumber)
        return lower != "latest" && !isVersion
    }
}

/// The number of a version of a model: 1 for the first, never given twice.
package struct ModelVersionNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let value: Int
    package init(_ value: Int) { self.value = value }

    package var description: String { String(value) }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// One version of one model, `churn@3`.
package struct ModelVersionKey: Hashable, Sendable, CustomStringConvertible {
    package let model: ModelName
    package let version: ModelVersionNumber

    package init(_ model: ModelName, _ version: ModelVersionNumber) {
        self.model = model
        self.version = version
    }

    package var description: String { "\(model)@\(version)" }
}

/// How a person names a version: by its number, by an alias, or as the newest one.
package enum ModelReference: Hashable, Sendable {
    case version(ModelVersionNumber)
    case alias(AliasName)
    case latest

    /// Nil for a text that is none of them. Digits alone are a number, although MLflow would take them for an alias.
    package init?(_ text: String) {
        if let number = Int(text), number >= 1, text.allSatisfy(\.isASCII) {
            self = .version(ModelVersionNumber(number))
        } else if text == "latest" {
            self = .latest
        } else {
            let alias = AliasName(text)
            guard alias.isValid else { return nil }
            self = .alias(alias)
        }
    }
}
