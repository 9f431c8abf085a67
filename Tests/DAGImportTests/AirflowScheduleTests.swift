import JSONText
import Testing

@testable import DAGImport

/// Every timetable of Airflow, from the files of both versions.
@Suite struct AirflowScheduleTests {
    struct Expected: Sendable {
        let name: String
        let schedule: JSONValue
        var zone: JSONValue?
        /// Whether Airflow 2 and Airflow 3 give its runs a data interval.
        var intervals: (two: Bool, three: Bool) = (false, false)
    }

    static let expected: [Expected] = [
        Expected(name: "none", schedule: nil),
        Expected(name: "once", schedule: "@once"),
        Expected(name: "continuous", schedule: "@continuous"),
        Expected(name: "cron", schedule: "0 6 * * *", zone: "Europe/Berlin", intervals: (true, false)),
        Expected(name: "cron_trigger", schedule: "15 3 * * *", zone: "Europe/Berlin"),
        Expected(
            name: "cron_interval", schedule: "0 4 * * *", zone: "America/New_York", intervals: (true, true)),
        Expected(name: "delta", schedule: ["every": "6h"], intervals: (true, false)),
        Expected(name: "delta_interval", schedule: ["every": "1h30m"], intervals: (true, true)),
        Expected(name: "asset", schedule: ["assets": ["all": ["s3://bucket/orders"]]]),
        Expected(
            name: "asset_or_time",
            schedule: ["assets": ["all": ["s3://bucket/orders"]], "cron": "0 1 * * *"]),
    ]

    @Test(arguments: expected, Fixtures.airflowVersions)
    func aLoaderThatKnowsAll(_ expected: Expected, _ version: String) throws {
        let dag = try #require(
            try importAirflow("\(version)/schedule_\(expected.name).json", .everything).dags.first)
        #expect(dag.json["schedule"] == expected.schedule)
        #expect(dag.json["timezone"] == expected.zone)
        let hasInterval = version.contains("2.") ? expected.intervals.two : expected.intervals.three
        #expect(dag.json["interval"] == (hasInterval ? true : nil))
    }

    /// What the loader cannot say is listed, not dropped.
    @Test(arguments: expected, Fixtures.airflowVersions)
    func thisLoader(_ expected: Expected, _ version: String) throws {
        let result = try importAirflow("\(version)/schedule_\(expected.name).json")
        let dag = try #require(result.dags.first)
        let isListed = result.notes.contains { $0.kind == .untranslated && $0.taskID == nil }
        if dag.json["schedule"] != expected.schedule { #expect(isListed) }
        let hasInterval = version.contains("2.") ? expected.intervals.two : expected.intervals.three
        if hasInterval, dag.json["interval"] == nil { #expect(isListed) }
    }

    @Test func presetsAndSeveralExpressions() throws {
        let two = try #require(try importAirflow("airflow-2.11.2/schedule_preset.json").dags.first)
        #expect(two.json["schedule"] == "@weekly" && two.json["timezone"] == "Europe/Berlin")
        let three = try #require(try importAirflow("airflow-3.3.2/schedule_preset.json").dags.first)
        #expect(three.json["schedule"] == "0 0 * * 0")
        let several = try #require(try importAirflow("airflow-3.3.2/schedule_several_crons.json").dags.first)
        #expect(several.json["schedule"] == ["0 6 * * *", "0 18 * * SAT"])
    }

    @Test(arguments: Fixtures.airflowVersions)
    func datesWrittenByHandAreListed(_ version: String) throws {
        let result = try importAirflow("\(version)/schedule_events.json", .everything)
        #expect(result.dags.first?.json["schedule"] == .null)
        #expect(result.notes(nil, "timetable").first?.message.contains("EventsTimetable") == true)
    }

    /// A file without `catchup` is one of Airflow 2, where that means true.
    @Test func catchupDependsOnTheVersion() throws {
        for (version, expected) in [(1, true), (3, false)] {
            let text = #"""
                {"__version": \#(version), "dag": {"dag_id": "d", "tasks": [], "timetable":
                 {"__type": "airflow.timetables.trigger.CronTriggerTimetable",
                  "__var": {"expression": "0 1 * * *", "timezone": "UTC"}}}}
                """#
            let result = try AirflowImport(vocabulary: .everything).read(Array(text.utf8))
            #expect(result.dags.first?.json["catchup"] == .bool(expected))
        }
    }
}
