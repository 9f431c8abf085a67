extension StringProtocol {
    /// The text in double quotes, fit for an error message: control characters, direction marks and quotes
    /// are escaped, and a long text is cut, so that what a file contains can neither hide nor drive a
    /// terminal.
    package var quotedForMessage: String {
        let limit = 60
        var result = "\""
        var count = 0
        for scalar in unicodeScalars {
            if count == limit {
                result += "..."
                break
            }
            result += scalar.needsEscapeInMessage ? scalar.escaped(asASCII: true) : String(scalar)
            count += 1
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    fileprivate var needsEscapeInMessage: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            true
        default:
            self == "\"" || self == "\\"
        }
    }
}
