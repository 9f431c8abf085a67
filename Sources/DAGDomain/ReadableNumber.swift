/// Numbers in sentences for people: the shortest text that is right to six significant digits. What is stored keeps all.
package enum ReadableNumber {
    /// The significant digits.
    private static let digits = 6

    /// -0.32 for -0.32000000000000006; a whole number has no point.
    package static func text(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        return plain(rounded(value))
    }

    /// Several numbers that are compared: all digits, where rounded ones would hide that they differ.
    package static func texts(_ values: [Double]) -> [String] {
        let short = values.map(text)
        let isHiding = zip(values, short).contains { value, shown in
            zip(values, short).contains { $0 != value && $1 == shown }
        }
        return isHiding ? values.map(plain) : short
    }

    private static func plain(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Rounded in decimal, from the shortest text that means the number: multiplying would bring new tails.
    private static func rounded(_ value: Double) -> Double {
        let parts = "\(value.magnitude)".split(separator: "e")
        let mantissa = parts.first ?? ""
        let point = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = point.count > 1 ? point[1] : ""
        let all = (point.first ?? "") + fraction
        let significant = all.drop { $0 == "0" }
        guard significant.count > digits, let head = Int64(significant.prefix(digits)),
            let next = significant.dropFirst(digits).first
        else { return value }
        let dropped = significant.count - digits
        let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count + dropped
        let magnitude = Double("\(head + (next >= "5" ? 1 : 0))e\(exponent)") ?? value.magnitude
        return value < 0 ? -magnitude : magnitude
    }
}
