import JSONText
import Testing

@testable import DAGImport

/// Whom Airflow tells is told here too, or listed.
@Suite struct AirflowNoticeTests {
    @Test(arguments: Fixtures.airflowVersions)
    func eMailsBecomeNotices(_ version: String) throws {
        let result = try importAirflow("\(version)/notices.json")
        let dag = try #require(result.dags.first)
        let notice: JSONValue = ["email": ["ann@example.org", "bo@example.org"]]
        #expect(dag.task("both")?["on_failure"] == notice && dag.task("both")?["on_retry"] == notice)
        #expect(dag.task("failures")?["on_failure"] == notice && dag.task("failures")?["on_retry"] == nil)
        for task in ["silent", "nobody"] {
            #expect(dag.task(task)?["on_failure"] == nil && dag.task(task)?["on_retry"] == nil)
            #expect(result.notes(task, "email").isEmpty)
        }
        let note = try #require(result.notes("both", "email").first)
        #expect(note.kind == .different && note.message.contains("smtp_default"))
        // A loader without notices has it listed.
        let listed = try importAirflow("\(version)/notices.json", .nothing)
        #expect(listed.notes("both", "email").map(\.kind) == [.untranslated])
    }

    @Test func deadlinesThatWeHaveAreCarriedAndTheOthersListed() throws {
        let result = try importAirflow("airflow-3.3.2/notices.json")
        #expect(
            result.dags.first?.json["deadline"] == [
                ["not_finished_by": "2h"], ["not_finished_by": "1h30m", "reference": "logical_date"],
                ["average_runtime": 1, "runs": 5, "min_runs": 2],
            ])
        let messages = result.notes(nil, "deadline").map(\.message)
        #expect(messages.filter { $0 == "the callback notices.alarm" }.count == 3)
        #expect(messages.contains("the average runtime and 5m") && messages.contains("FixedDatetimeDeadline"))
        #expect(messages.contains { $0.hasPrefix("DagRunQueuedAtDeadline with the interval") })
    }
}
