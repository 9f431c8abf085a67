import JSONText
import Testing

@testable import orchestrator

@Suite("Requests and answers of the API")
struct APIRequestTests {
    @Test("Ids keep their characters on the way")
    func encoding() {
        let request = APIRequest(
            .get, ["api", "v1", "dags", "a b", "runs", "manual__2026-01-01T00:00:00+00:00"],
            query: [("x", "1&2"), ("none", nil), ("é", "/")])
        #expect(
            request.target
                == "/api/v1/dags/a%20b/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00?x=1%262&%C3%A9=%2F")
        #expect(APIRequest(.get, ["a"]).target == "/a")
    }

    @Test(
        "Statuses become exit statuses",
        arguments: [
            (200, orchestrator.ExitStatus.done), (400, .badData), (401, .notPermitted), (403, .notPermitted),
            (404, .notFound),
            (409, .badData), (422, .badData), (500, .ownFault), (503, .tryLater),
        ])
    func statuses(_ status: Int, _ expected: orchestrator.ExitStatus) {
        #expect(orchestrator.ExitStatus(httpStatus: status) == expected)
    }

    @Test("Exit statuses are those of the contract")
    func exitCodes() {
        #expect(
            Set(orchestrator.ExitStatus.allCases.map(\.rawValue)) == [
                0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78,
            ])
    }

    @Test(
        "What an answer says is told",
        arguments: [
            (#"{"detail": "no such DAG", "code": "unknown_dag"}"#, ["no such DAG"]),
            (#"{"detail": [{"loc": ["body", "conf"], "msg": "is wrong"}]}"#, ["body.conf: is wrong"]),
            (#"{"detail": {"reason": "x", "orig_error": "taken"}}"#, ["taken"]),
            (#"<html>"#, ["the daemon answered with status 404"]),
        ])
    func failures(_ body: String, _ messages: [String]) {
        let failure = CommandFailure(answer: APIAnswer(status: 404, body: Array(body.utf8)))
        #expect(failure.messages == messages)
        #expect(failure.status == .notFound)
    }

    @Test("A failure's text: error lines, then the hint, and nothing that drives a terminal")
    func failureText() {
        let failure = CommandFailure(.badData, ["one", "t\u{1B}[2Jwo"], hint: "do this")
        #expect(failure.text == "error: one\nerror: two\nhint: do this\n")
        #expect(CommandFailure.silent(.failed).text == "")
    }

    @Test("Server-sent events are put together from pieces of any size", arguments: 1...9)
    func events(_ size: Int) {
        let text =
            ": hello\r\nretry: 1\r\n\r\nevent: run\r\ndata: {\"a\":\r\ndata:1}\r\n\r\nid: 4\n\ndata: é\n\n"
        var parser = ServerSentEventParser()
        var events: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += parser.take(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(events == ["{\"a\":\n1}", "é"])
    }
}
