/// A JSON number that is not a 64-bit integer, kept as it was written so that nothing is rounded on the way
/// through.
package struct JSONNumber: Hashable, Sendable {
    /// Always a valid JSON number within the range of `Double`.
    package let text: String

    /// - Parameter checkedText: text that the parser has found to be a number in range.
    init(checkedText: String) {
        text = checkedText
    }

    /// The shortest text that reads back as `value`; nil for NaN and the infinities, which JSON cannot hold.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = "\(value)"
    }

    /// The nearest floating-point number.
    package var doubleValue: Double { Double(text) ?? 0 }

    /// The value as an integer when it is one (`2.0`, `1e3`) of a size that `Double` holds exactly.
    package var intValue: Int64? {
        let value = doubleValue
        return abs(value) <= 9_007_199_254_740_992 ? Int64(exactly: value) : nil
    }

    /// Whether the number has no fraction, at any size.
    package var isIntegral: Bool { doubleValue.rounded(.towardZero) == doubleValue }
}
