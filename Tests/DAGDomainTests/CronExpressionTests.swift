import DAGDomain
import Testing

@Suite struct CronExpressionTests {
    /// The expressions of the table of refusals and more of their kind, each with what the message must name.
    static let refused: [(String, String)] = [
        ("", "it is empty"),
        ("  \t ", "it is empty"),
        ("* * * *", "it has 4 fields"),
        ("*", "it has 1 field;"),
        ("* * * * * *", "it has 6 fields"),
        ("* * * * * * *", "it has 7 fields"),
        ("* * * * * UTC", "it has 6 fields"),
        ("CRON_TZ=UTC 0 0 * * *", "the time zone is the DAG's"),
        ("TZ=UTC 0 0 * * *", "the time zone is the DAG's"),
        ("* 24 * * *", "hour \"24\": \"24\" is out of range; allowed are * and 0 to 23"),
        ("60 * * * *", "minute \"60\""),
        ("* * 32 * *", "day of month \"32\""),
        ("* * 0 * *", "day of month \"0\""),
        ("* * * 13 *", "month \"13\""),
        ("* * * 0 *", "month \"0\""),
        ("* * * * 8", "day of week \"8\""),
        ("*/0 * * * *", "the step \"0\" must be a number from 1 to 60"),
        ("*/61 * * * *", "the step \"61\" must be a number from 1 to 60"),
        ("* */25 * * *", "from 1 to 24"),
        ("*/ * * * *", "the step \"\""),
        ("*/-1 * * * *", "the step \"-1\""),
        ("*/1/2 * * * *", "the step \"1/2\""),
        ("5-1 * * * *", "minute \"5-1\": the range ends before it starts"),
        ("0 0 * * SAT-SUN", "use 7 for Sunday"),
        ("0 0 * * FRI-MON", "the range ends before it starts"),
        ("5- * * * *", "minute \"5-\""),
        ("1-2-3 * * * *", "minute \"1-2-3\""),
        ("*-5 * * * *", "minute \"*-5\""),
        ("** * * * *", "minute \"**\""),
        (",1 * * * *", "a value is missing"),
        ("1, * * * *", "a value is missing"),
        ("1,,2 * * * *", "minute \"1,,2\": a value is missing"),
        ("-1 * * * *", "minute \"-1\""),
        ("+1 * * * *", "minute \"+1\""),
        ("1.5 * * * *", "minute \"1.5\""),
        ("٣ * * * *", "minute \"٣\""),
        ("９ * * * *", "minute"),
        ("0x1 * * * *", "minute \"0x1\""),
        ("9999999999999999999 * * * *", "is out of range"),
        ("*/9999999999999999999 * * * *", "the step"),
        ("* * * JANUARY *", "month \"JANUARY\""),
        ("* * * * MONDAY", "day of week \"MONDAY\""),
        ("JAN * * * *", "minute \"JAN\""),
        ("* * * MON *", "month \"MON\""),
        ("0 0 * * ſun", "day of week"),
        ("0 0 31 2 *", "no day of the calendar satisfies it"),
        ("0 0 30 2 *", "no day of the calendar satisfies it"),
        ("0 0 31 4,6,9,11 *", "no day of the calendar satisfies it"),
        ("0 0 30W 2 *", "no day of the calendar satisfies it"),
        ("0 0 */31 2 MON#2", "no day of the calendar satisfies it"),
        ("* * * * MON#0", "\"0\" must be a number from 1 to 5"),
        ("* * * * MON#6", "\"6\" must be a number from 1 to 5"),
        ("* * * * MON#", "\"\" must be a number from 1 to 5"),
        ("* * * * #1", "day of week \"#1\""),
        ("* * * * 8#1", "is out of range"),
        ("* * * * 8L", "is out of range"),
        ("* * * * L", "day of week \"L\""),
        ("* * * * 1-5L", "day of week \"1-5L\""),
        ("0 0 L-3 * *", "days counted from the end"),
        ("0 0 L/2 * *", "day of month \"L/2\""),
        ("0 0 32W * *", "is out of range"),
        ("0 0 W * *", "day of month \"W\""),
        ("0 0 1-5W * *", "day of month \"1-5W\""),
        ("0 0 ? * *", "\"?\" is not supported"),
        ("H H * * *", "\"H\" is not supported"),
        ("H/5 * * * *", "\"H\" is not supported"),
        ("@every 5m", "unknown preset"),
        ("@reboot", "unknown preset"),
        ("@fortnightly", "unknown preset"),
        ("@", "unknown preset"),
        ("@daily UTC", "unknown preset"),
        ("@Daily", "unknown preset"),
        ("0 0 * * *\n", "day of week \"*\\n\""),
        ("0\u{A0}0 * * *", "it has 4 fields"),
        ("0 0 * * * # nightly", "it has 7 fields"),
        (String(repeating: "1,", count: 130) + "1 * * * *", "at most 256"),
    ]

    @Test(arguments: refused)
    func refuses(text: String, part: String) {
        do {
            _ = try CronExpression(text)
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.description.contains(part), "\(error)")
            #expect(!error.description.contains("\n"))
        }
    }

    /// Pairs of expressions that mean the same days and times.
    @Test(arguments: [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 JAN *"),
        ("@quarterly", "0 0 1 1,4,7,10 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * SUN"),
        ("@daily", "00 00 * * *"),
        ("@midnight", "0 0 * * 0-6"),
        ("@hourly", "0 * * * *"),
        ("30/10 * * * *", "30-59/10 * * * *"),
        ("5/70 * * * *", "x"),
        ("7-7/3 * * * *", "7 * * * *"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * 5-7", "0 0 * * FRI,SAT,SUN"),
        ("0 0 * * 1/2", "0 0 * * 1,3,5,7"),
        ("0 0 * * mon-Fri", "0 0 * * 1-5"),
        ("0 0 * * 7L", "0 0 * * sunL"),
        ("0 0 * * 7#2", "0 0 * * SUN#2"),
        ("  0\t0  * * *  ", "0 0 * * *"),
        ("1,1,1-1 1 1 1 *", "1 1 1 1 *"),
    ])
    func meansTheSame(left: String, right: String) throws {
        guard right != "x" else {
            #expect(throws: CronExpressionError.self) { try CronExpression(left) }
            return
        }
        let one = try CronExpression(left)
        let other = try CronExpression(right)
        #expect(one.minutes == other.minutes)
        #expect(one.hours == other.hours)
        for year in 2023...2028 {
            for month in 1...12 {
                #expect(one.days(inMonth: month, ofYear: year) == other.days(inMonth: month, ofYear: year))
            }
        }
    }

    @Test(arguments: [
        // Either field starting with a star makes it an AND, otherwise an OR.
        ("0 0 13 * 5", 2025, 6, [6, 13, 20, 27]),
        ("0 0 */2 * 1", 2025, 6, [9, 23]),
        ("0 0 1 * */2", 2025, 6, [1]),
        ("0 0 1 * */2", 2025, 7, [1]),
        ("0 0 1 * */2", 2025, 8, []),
        ("0 0 1,*/2 * 1", 2025, 6, [1, 2, 3, 5, 7, 9, 11, 13, 15, 16, 17, 19, 21, 23, 25, 27, 29, 30]),
        ("0 0 *,1 * 1", 2025, 6, [2, 9, 16, 23, 30]),
        // The last day, the last workday, the workday nearest to a day.
        ("0 0 L * *", 2024, 2, [29]),
        ("0 0 l * *", 2025, 2, [28]),
        ("0 0 1,L * *", 2025, 4, [1, 30]),
        ("0 0 LW * *", 2025, 8, [29]),
        ("0 0 LW * *", 2025, 11, [28]),
        ("0 0 LW * *", 2025, 12, [31]),
        ("0 0 1W * *", 2025, 3, [3]),
        ("0 0 1W * *", 2025, 6, [2]),
        ("0 0 15W * *", 2025, 6, [16]),
        ("0 0 14W * *", 2025, 6, [13]),
        ("0 0 31W * *", 2025, 8, [29]),
        ("0 0 31W * *", 2025, 6, []),
        ("0 0 30W * *", 2025, 11, [28]),
        ("0 0 1W,15W * *", 2025, 6, [2, 16]),
        // Weekdays counted within the month.
        ("0 0 * * 5L", 2025, 5, [30]),
        ("0 0 * * 1#1", 2025, 9, [1]),
        ("0 0 * * 1#5", 2025, 9, [29]),
        ("0 0 * * 1#5", 2025, 10, []),
        ("0 0 * * 1#2,5L", 2025, 9, [8, 26]),
        ("0 0 15 * 5L", 2025, 5, [15, 30]),
        ("0 0 29 2 *", 2028, 2, [29]),
        ("0 0 29 2 *", 2027, 2, []),
    ])
    func findsDays(text: String, year: Int, month: Int, expected: [Int]) throws {
        let days = try CronExpression(text).days(inMonth: month, ofYear: year)
        #expect((0..<32).filter { days & (1 << UInt32($0)) != 0 } == expected)
    }

    @Test(arguments: [
        ("* 5 * * *", true), ("5 * * * *", true), ("*/5 5 * * *", true), ("5 */2 * * *", true),
        ("5 5 * * *", false), ("0-59 0-23 * * *", false), ("0,30 1,2 */2 * *", false),
        ("1,*/5 5 * * *", false),
    ])
    func knowsWildcards(text: String, isWildcard: Bool) throws {
        #expect(try CronExpression(text).isWildcard == isWildcard)
    }

    @Test func survivesGarbage() {
        var generator = TestGenerator(seed: 5)
        var accepted = 0
        for _ in 0..<10_000 {
            let text = generator.damaged(
                "5-59/15 8-10/2 LW,15W JAN,jul MON#2,5L", alphabet: "0123456789*/,-# LWJANMON@?é")
            if let expression = try? CronExpression(text) {
                accepted += 1
                #expect(expression.minutes != 0 && expression.hours != 0)
            }
        }
        #expect(accepted > 100)
    }
}
