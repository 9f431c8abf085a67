import DAGDomain
import Testing

@Suite struct ReadableNumberTests {
    @Test(arguments: [
        (-0.32000000000000006, "-0.32"), (0.1 + 0.2, "0.3"), (0.8, "0.8"), (1, "1"), (0, "0"), (-0.0, "-0"),
        (5.8846557155686945, "5.88466"), (8.216422151886914e-46, "8.21642e-46"), (123_456_789, "123457000"),
        (0.000012345678, "1.23457e-05"), (999_999.5, "1000000"), (0.9999999, "1"), (1e300, "1e+300"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.79769e+308"), (.nan, "nan"), (-.infinity, "-inf"),
    ])
    func aNumberIsShortAndRight(value: Double, text: String) {
        #expect(ReadableNumber.text(value) == text)
    }

    /// Where six digits are not enough to see what differs, all are shown.
    @Test func whatIsComparedStaysDifferent() {
        #expect(ReadableNumber.texts([0.79999999, 0.8]) == ["0.79999999", "0.8"])
        #expect(ReadableNumber.texts([0.7, 0.9, -0.20000000000000007]) == ["0.7", "0.9", "-0.2"])
        #expect(ReadableNumber.texts([1, 1]) == ["1", "1"])
    }

    /// It is what printing with six digits gives, read back.
    @Test func itAgreesWithDecimalRounding() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isNormal, let read = Double(ReadableNumber.text(value)) else { continue }
            let error = ((read - value) / value).magnitude
            #expect(error <= 5.0000001e-6, "\(value) as \(read)")
        }
    }
}
