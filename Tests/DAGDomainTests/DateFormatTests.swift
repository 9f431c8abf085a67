import DAGDomain
import Testing

@Suite struct DateFormatTests {
    /// Expectations by Python's `strftime`.
    @Test(arguments: [
        ("2024-12-30T00:05:09.000042Z", 0, "%G-W%V-%u %j %y %e %f", "2025-W01-1 365 24 30 000042"),
        (
            "2021-01-03T23:59:59Z", 0, "%G-%V %a %A %b %B %w %p %I:%M:%S",
            "2020-53 Sun Sunday Jan January 0 PM 11:59:59"
        ),
        ("1969-12-31T23:30:00Z", -12_600, "%F %T %z %s", "1969-12-31 20:00:00 -0330 -1800"),
        ("2024-02-29T12:00:00Z", 3_600, "%Y%m%dT%H%M%S %% %j", "20240229T130000 % 060"),
    ])
    func writes(_ instant: String, _ offset: Int, _ format: String, _ expected: String) throws {
        #expect(try DateFormat(format).text(of: try Timestamp(rfc3339: instant), offset: offset) == expected)
    }

    @Test(arguments: [("%Z", "%Z"), ("%", "%"), ("%d%q", "%q"), ("%-d", "%-")])
    func refuses(_ format: String, _ directive: String) {
        let error = #expect(throws: DateFormat.UnknownDirective.self) { try DateFormat(format) }
        #expect(error?.text == directive)
    }
}
