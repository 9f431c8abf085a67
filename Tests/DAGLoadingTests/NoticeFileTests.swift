import DAGDomain
import DAGLoading
import JSONText
import Testing

/// Notices and deadlines, read.
@Suite struct NoticeFileTests {
    private func text(_ specification: TemplateJSON) -> JSONValue {
        specification.filled { template -> JSONValue in
            .string(
                template.segments.map { segment in
                    switch segment {
                    case .literal(let text): text
                    case .place(let place): "<\(place.reference)>"
                    }
                }.joined())
        }
    }

    @Test func readsEveryWayToTell() throws {
        let dag = try dag(
            #"""
            {"dag_id": "d", "params": {"n": 1},
             "on_execute": {"command": "x"},
             "on_success_callback": {"webhook": "https://example.org/x"},
             "on_failure": [
              {"command": ["x", "{{ params.n }}"], "retries": 0, "retry_delay": "1m", "timeout": 5},
              {"webhook": {"url": "{{ var.value.url }}", "secret": "s", "headers": {"A": "{{ run_id }}"}, "body": {"t": ["{{ ds }}"]}}},
              {"webhook": {"url": "http://elsewhere/x", "insecure": true}},
              {"webhook": "http://[::1]:80/x"},
              {"email": "ann@example.org"},
              {"email": {"to": ["a@b.c", "{{ params.n }}"], "cc": "Ann <a@b.c>", "from": "d@e.f", "subject": "{{ notice.event }}", "text": "{{ notice.text }}", "conn_id": "mail"}}],
             "tasks": [{"task_id": "t", "command": "x"}]}
            """#)
        #expect(dag.settings.notices[.execute]?.map(\.kind) == [.command])
        #expect(
            dag.settings.notices[.success].map { text($0[0].specification) } == [
                "url": "https://example.org/x"
            ])
        let failure = try #require(dag.settings.notices[.failure])
        #expect(failure.map(\.kind) == [.command, .webhook, .webhook, .webhook, .email, .email])
        #expect(
            failure.map { text($0.specification) } == [
                ["command": ["x", "<params.n>"]],
                [
                    "url": "<var.value.url>", "secret": "s", "headers": ["A": "<run_id>"],
                    "body": ["t": ["<ds>"]],
                ],
                ["url": "http://elsewhere/x", "insecure": true], ["url": "http://[::1]:80/x"],
                ["to": "ann@example.org"],
                [
                    "to": ["a@b.c", "<params.n>"], "cc": "Ann <a@b.c>", "from": "d@e.f",
                    "subject": "<notice.event>", "body": "<notice.text>", "connection": "mail",
                ],
            ])
        #expect(
            failure[0].retries == 0 && failure[0].retryDelay == .seconds(60)
                && failure[0].timeout == .seconds(5))
        #expect(
            failure[1].retries == 8 && failure[1].retryDelay == .seconds(10)
                && failure[1].timeout == .seconds(60))
    }

    @Test func tasksInheritWhatTheyDoNotSay() throws {
        let dag = try dag(
            #"""
            {"dag_id": "d",
             "default_args": {"on_failure": {"command": "all"}, "on_retry": {"command": "all"}, "deadline": {"not_finished_by": "1h"}},
             "tasks": [{"task_id": "a", "command": "x"},
              {"task_id": "b", "command": "x", "on_failure": {"command": "own"}, "on_skipped": [], "deadline": []},
              {"task_id": "c", "command": "x", "on_failure": []}],
             "task_groups": [{"group_id": "g", "default_args": {"on_retry": {"command": "group"}},
              "tasks": [{"task_id": "e", "command": "x", "expand": {"n": [1]}, "on_success": {"command": ["{{ params.n }}"]}}]}]}
            """#)
        func said(_ task: Int, _ event: NoticeEvent) -> JSONValue? {
            dag.tasks[task].notices[event].map { text($0[0].specification)["command"] ?? .null }
        }
        #expect(said(0, .failure) == "all" && said(0, .retry) == "all" && dag.tasks[0].deadlines.count == 1)
        #expect(said(1, .failure) == "own" && said(1, .retry) == "all" && dag.tasks[1].deadlines.isEmpty)
        #expect(said(1, .skipped) == nil && said(2, .failure) == nil && said(2, .retry) == "all")
        #expect(
            said(3, .failure) == "all" && said(3, .retry) == "group" && said(3, .success) == ["<params.n>"])
        #expect(dag.settings.notices.isEmpty && dag.settings.deadlines.isEmpty)
    }

    @Test func readsDeadlines() throws {
        let dag = try dag(
            #"""
            {"dag_id": "d",
             "deadline": [{"not_finished_by": "2h", "notify": {"command": "x"}}, {"not_started_by": {"time": "06:30"}, "reference": "logical_date"}],
             "tasks": [{"task_id": "t", "command": "x",
              "deadline": [{"not_started_by": 0}, {"average_runtime": 1.5}, {"average_runtime": 2, "runs": 2}, {"not_finished_by": 60, "from": "task_start"}]}]}
            """#)
        let action = NoticeAction(.command, .object([.init("command", .value("x"))]))
        #expect(
            dag.settings.deadlines == [
                Deadline(.finished, from: .queuedAt, .after(.seconds(7_200)), actions: [action]),
                Deadline(.started, from: .logicalDate, .timeOfDay(seconds: 23_400)),
            ])
        #expect(
            dag.tasks[0].deadlines == [
                Deadline(.started, from: .startDate, .after(.zero)),
                Deadline(.finished, from: .taskStart, .averageRuntime(factor: 1.5, runs: 10, minimum: 3)),
                Deadline(.finished, from: .taskStart, .averageRuntime(factor: 2, runs: 2, minimum: 2)),
                Deadline(.finished, from: .taskStart, .after(.seconds(60))),
            ])
    }
}
