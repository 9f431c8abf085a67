import DAGDomain
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        (1970, 1, 1, 0, 4),
        (1969, 12, 31, -1, 3),
        (2000, 2, 29, 11_016, 2),
        (2026, 11, 21, 20_778, 6),
        (1900, 3, 1, -25_508, 4),
        (0, 1, 1, -719_528, 6),
        (9999, 12, 31, 2_932_896, 5),
    ])
    func countsDays(year: Int, month: Int, day: Int, days: Int, weekday: Int) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
        #expect(date.weekday == weekday)
        #expect(CivilDate(daysSinceEpoch: days) == date)
    }

    @Test func everyDayOfFourHundredYearsFollowsThePreviousOne() throws {
        var previous = try #require(CivilDate(year: 1899, month: 12, day: 31))
        let start = previous.daysSinceEpoch
        for days in start + 1...start + 146_097 {
            let date = CivilDate(daysSinceEpoch: days)
            guard date.daysSinceEpoch == days, date > previous, date.weekday == (previous.weekday + 1) % 7
            else {
                Issue.record("day \(days): \(date) after \(previous)")
                return
            }
            let isNext =
                date.day == previous.day + 1
                || date.day == 1
                    && previous.day == CivilDate.daysIn(month: previous.month, ofYear: previous.year)
            guard isNext else {
                Issue.record("day \(days): \(date) after \(previous)")
                return
            }
            previous = date
        }
        #expect(previous == CivilDate(year: 2299, month: 12, day: 31))
    }

    @Test func refusesDaysThatDoNotExist() {
        #expect(CivilDate(year: 2025, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2025, month: 0, day: 1) == nil)
        #expect(CivilDate(year: 2025, month: 13, day: 1) == nil)
        #expect(CivilDate(year: 2025, month: 1, day: 0) == nil)
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
    }
}
