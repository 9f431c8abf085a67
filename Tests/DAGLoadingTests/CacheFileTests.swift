import DAGDomain
import Testing

/// `cache` in DAG files.
struct CacheFileTests {
    private func cache(_ text: String, defaults: String = "{}", task: String = "\"command\": \"x\"") throws
        -> TaskCache?
    {
        let member = text.isEmpty ? "" : ", \"cache\": \(text)"
        return try dag(
            """
            {"dag_id": "d", "params": {"a": 1}, "default_args": \(defaults), "tasks": [
             {"task_id": "n", "type": "noop"}, {"task_id": "t", \(task)\(member)}]}
            """
        ).tasks[1].cache
    }

    @Test func theShortFormsAreRead() throws {
        #expect(try cache("true") == TaskCache())
        #expect(try cache("false") == nil && cache("") == nil)
        #expect(try cache("", defaults: #"{"cache": {"version": 3}}"#)?.version == "3")
        #expect(try cache("true", defaults: #"{"cache": {"version": 3}}"#)?.version == "3")
        #expect(try cache("false", defaults: #"{"cache": true}"#) == nil)
        #expect(
            try cache("", defaults: #"{"cache": true}"#, task: #""type": "deploy", "command": "x""#) == nil)
    }

    @Test func everyKeyIsRead() throws {
        let read = try cache(
            #"{"files": ["a.py", "!b/**"], "env": ["X"], "expires": "7d", "version": "2", "ignore_params": ["a"], "scope": "home"}"#,
            task: #""command": "x", "outputs": ["o"], "gate": [{"min": 1, "metric": "m"}]"#)
        var expected = TaskCache(
            files: [try FilePattern("a.py"), try FilePattern("!b/**")], environment: ["X"],
            expires: .seconds(7 * 86_400),
            version: "2", ignoredParameters: ["a"], scope: .home)
        expected.declarations = [
            .init(key: "outputs", text: #"["o"]"#), .init(key: "gate", text: #"[{"metric":"m","min":1}]"#),
        ]
        #expect(read == expected)
    }
}
