import DAGDomain
import DAGLoading
import JSONText
import Testing

/// `retrain_when` in files that are accepted.
@Suite struct RetrainFileTests {
    private func retraining(_ value: String) throws -> RetrainSchedule {
        let text = """
            {"dag_id": "d", "schedule": {"retrain_when": \(value)}, "tasks": [{"task_id": "t", "command": "x"}]}
            """
        let settings = try dag(text).settings
        #expect(settings.runsByItself && settings.schedule == .manual && settings.assets == nil)
        return try #require(settings.retraining)
    }

    static let examples = [
        (
            #"{"any": [{"cron": "@weekly"}, {"asset": "s3://a"}]}"#,
            "cron @weekly or asset s3://a (cooldown 1h)"
        ),
        (
            #"{"all": [{"metric": {"name": "auc", "below": 0.7}}], "cooldown": "12h", "budget": "4/week"}"#,
            "metric auc below 0.7 (cooldown 12h, budget 4/week)"
        ),
        (
            #"{"any": [{"drift": {"above": 0.2}}, {"drift": {"metric": "ks_p_value", "column": "a b?", "below": 0.05}}]}"#,
            "drift psi above 0.2 or drift ks_p_value of a b_ below 0.05 (cooldown 1h)"
        ),
        (
            #"{"any": [{"all": [{"asset": "a"}, {"new_rows": {"asset": "b", "at_least": 5}}]}, {"metric": {"metric": "m", "above": -1, "dag_id": "x", "task_id": "y"}}]}"#,
            "(asset a and new_rows of b at least 5) or metric m above -1.0 of x.y (cooldown 1h)"
        ),
    ]

    @Test(arguments: examples) func conditions(_ text: String, _ shown: String) throws {
        #expect(try retraining(text).description == shown)
    }

    @Test func theAssetsAreKnown() throws {
        let text = """
            {"dag_id": "d", "schedule": {"retrain_when": {"any": [{"asset": "a"}, {"new_rows": {"asset": "a", "at_least": 1}},
             {"asset": "b"}]}}, "tasks": [{"task_id": "t", "command": "x"}]}
            """
        #expect(try dag(text).assets.map(\.uri.text) == ["a", "b"])
    }
}
