import DAGDomain
import Testing

@Suite struct TimeZoneNameTests {
    @Test(arguments: [
        "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+5",
        "US/Eastern",
        "EST5EDT", "GMT", "W-SU", "Antarctica/DumontDUrville", "GMT0",
    ])
    func acceptsNames(text: String) throws {
        #expect(try TimeZoneName(text).text == text)
    }

    @Test(arguments: [
        "", " ", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "GMT+25", "GMT+5", "UTC+1", "PST",
        "IST",
        "+02:00", "Europe/", "Europe//Berlin", "Europe/../Berlin", "Europe/Berlin/", "Europe/Berlin\n",
        "europe/berlin",
        "Europe/Bérlin", "localtime", "a/b/c/d", "Europe/" + String(repeating: "x", count: 300),
    ])
    func refusesOtherTexts(text: String) {
        let error = #expect(throws: TimeZoneNameError.self) { try TimeZoneName(text) }
        #expect(error?.description.contains("is not a time zone") == true)
    }
}
