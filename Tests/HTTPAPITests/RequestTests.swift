import DAGDomain
import HTTPTypes
import JSONText
import NIOCore
import SchedulerService
import Testing

@testable import HTTPAPI

/// What goes in: triggers, bodies of every wrong shape, hostile ids and queries, pages and filters.
@Suite(.serialized) struct RequestTests {
    private static let runs = "/api/v2/dags/hello/dagRuns"

    @Test func aTriggerIsAnsweredWithItsRun() async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let body =
                #"{"dag_run_id":"mine","logical_date":"2026-02-01T00:00:00Z","conf":{"n":5},"note":"why"}"#
            let response = try await client.send(.post, Self.runs, body)
            #expect(response.status == .ok)
            let run = try response.json()
            #expect(run["dag_run_id"] == "mine")
            #expect(run["logical_date"] == "2026-02-01T00:00:00.000000Z")
            #expect(run["conf"] == ["n": 5])
            #expect(run["note"] == "why")
        }
    }

    @Test func aTakenIDOrDateIsAConflict() async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let first = #"{"dag_run_id":"a","logical_date":"2026-02-01T00:00:00Z"}"#
            #expect(try await client.send(.post, Self.runs, first).status == .ok)
            let bodies = [
                #"{"dag_run_id":"a","logical_date":null}"#, #"{"logical_date":"2026-02-01T01:00:00+01:00"}"#,
            ]
            for body in bodies {
                let response = try await client.send(.post, Self.runs, body)
                #expect(response.status == .conflict)
                #expect(try response.json()["detail"]?["reason"] == "Unique constraint violation")
            }
            let own = try await client.send(.post, "/api/v1/dags/hello/runs", #"{"run_id":"a"}"#)
            #expect(own.status == .conflict)
            #expect(try own.json()["code"] == "conflict")
        }
    }

    @Test(arguments: [
        ("/api/v2/dags/nobody/dagRuns", "{}", 404, "unknown_dag"),
        ("/api/v2/dags/broken/dagRuns", "{}", 400, "broken_dag"),
        (runs, #"{"conf":{"n":"five"}}"#, 400, "invalid_parameters"),
        (runs, #"{"conf":{"other":1}}"#, 400, "invalid_parameters"),
        (runs, #"{"dag_run_id":"../etc"}"#, 400, "invalid_request"),
        (runs, #"{"dag_run_id":7}"#, 422, "invalid_request"), (runs, #"{"extra":1}"#, 422, "invalid_request"),
        (runs, #"{"logical_date":"yesterday"}"#, 422, "invalid_request"),
        (runs, #"{"conf":[]}"#, 422, "invalid_request"), (runs, "[]", 422, "invalid_request"),
        (runs, "{", 400, "invalid_request"), (runs, #"{"note":"a","note":"b"}"#, 400, "invalid_request"),
        (runs, #"{"note":"\ud800"}"#, 400, "invalid_request"),
        (runs, #"{"conf":{"n":1e999}}"#, 400, "invalid_request"),
        (runs, #"{"conf":{"n":NaN}}"#, 400, "invalid_request"),
        (runs, String(repeating: "[", count: 100_000), 400, "invalid_request"),
    ])
    func wrongTriggersAreToldWhy(path: String, body: String, status: Int, code: String) async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let response = try await client.send(.post, path, body)
            #expect(response.status.code == status, "\(String(buffer: response.body))")
            #expect(try response.json()["code"]?.stringValue == code)
            #expect(try response.json()["detail"] != nil)
        }
    }

    @Test func wrongShapesAreToldAsFastAPIWould() async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let extra = try await client.send(.post, Self.runs, #"{"extra":1}"#).json()["detail"]?[0]
            #expect(extra?["type"] == "extra_forbidden")
            #expect(extra?["loc"] == ["body", "extra"])
            #expect(extra?["input"] == 1)
            let missing = try await client.send(.patch, "/api/v2/dags/hello", "{}").json()["detail"]?[0]
            #expect(missing?["type"] == "missing")
            #expect(missing?["loc"] == ["body", "is_paused"])
            let wrong = try await client.send(.patch, "/api/v2/dags/hello", #"{"is_paused":"x"}"#).json()[
                "detail"]?[0]
            #expect(wrong?["type"] == "bool_type")
            #expect(wrong?["loc"] == ["body", "is_paused"])
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
    func onlyJSONIsRead(contentType: String) async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let response = try await client.send(.post, Self.runs, "{}", headers: [.contentType: contentType])
            #expect(response.status == .unsupportedMediaType)
        }
    }

    @Test(arguments: [
        "..", ".", "%2e%2e", "%2e%2e%2fetc", "a%2fb", "a%5cb", "%00", "a%0ab", "%E2%80%AEa", "%ff", "a%",
        String(repeating: "a", count: 300), "%252e%252e", "-a", "a%20b",
    ])
    func idsThatAreNoneAreRefused(id: String) async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let paths = [
                "/api/v2/dags/\(id)", "/api/v1/dags/\(id)/runs", "/api/v1/dags/hello/runs/r/tasks/\(id)",
                "/api/v2/dags/hello/dagRuns/r/taskInstances/\(id)/logs/1",
            ]
            for path in paths {
                let status = try await client.get(path).status
                #expect(status == .badRequest || status == .notFound, "\(path): \(status)")
            }
        }
    }

    @Test func pagesFiltersAndOrder() async throws {
        let harness = try APIHarness()
        for day in 1...5 {
            _ = try await harness.controlPlane.trigger(
                TriggerRequest(
                    dagID: DAGID("hello"), runID: RunID("r\(day)"),
                    logicalDate: try Timestamp(rfc3339: "2026-03-0\(day)"), trigger: .restAPI))
        }
        try await harness.withClient { client async throws in
            func ids(_ query: String) async throws -> [String] {
                let answer = try await client.json(Self.runs + "?" + query)
                return answer["dag_runs"]?.arrayValue?.compactMap { $0["dag_run_id"]?.stringValue } ?? []
            }
            #expect(try await ids("") == ["r1", "r2", "r3", "r4", "r5"])
            #expect(try await ids("limit=2&offset=1") == ["r2", "r3"])
            #expect(try await ids("order_by=-logical_date&limit=1") == ["r5"])
            #expect(
                try await ids("logical_date_gt=2026-03-02T00:00:00Z&logical_date_lt=2026-03-04") == ["r3"])
            #expect(try await ids("logical_date_gte=2026-03-04T00:00:00%2B00:00") == ["r4", "r5"])
            #expect(try await ids("run_id_pattern=r1|%255") == ["r1", "r5"])
            #expect(try await ids("run_id_pattern=r1%20%7C%20%255") == ["r1", "r5"])
            #expect(try await ids("run_id_pattern=%255") == ["r5"])
            #expect(try await ids("run_type=scheduled").isEmpty)
            #expect(try await client.json(Self.runs + "?limit=2")["total_entries"] == 5)
            #expect(try await client.get(Self.runs + "?limit=1000000000").status == .ok)
        }
    }

    @Test(arguments: [
        "limit=-1", "offset=-1", "limit=x", "limit=99999999999999999999", "order_by=;drop", "state=cancelled",
        "run_type=x", "logical_date_gt=x", "start_date_gte=0001", String(repeating: "a=b&", count: 300),
        "a=%zz",
        "state=%00",
    ])
    func wrongQueriesAreRefused(query: String) async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let status = try await client.get(Self.runs + "?" + query).status
            #expect([400, 422].contains(status.code), "\(query.prefix(40)): \(status)")
        }
    }

    @Test func poolsAreMadeChangedAndRemoved() async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let body = #"{"name":"gpu","slots":2,"description":"cards"}"#
            #expect(try await client.send(.post, "/api/v2/pools", body).status == .created)
            #expect(try await client.send(.post, "/api/v2/pools", body).status == .conflict)
            let changed = try await client.send(.patch, "/api/v2/pools/gpu", #"{"slots":5}"#)
            #expect(try changed.json()["open_slots"] == 5)
            #expect(try changed.json()["description"] == "cards")
            #expect(try await client.send(.delete, "/api/v2/pools/gpu").status == .noContent)
            #expect(try await client.send(.delete, "/api/v2/pools/gpu").status == .notFound)
            #expect(try await client.send(.delete, "/api/v2/pools/default_pool").status == .badRequest)
            #expect(try await client.send(.put, "/api/v1/pools/cpu", #"{"slots":3}"#).status == .created)
            #expect(try await client.json("/api/v1/pools/cpu")["slots"] == 3)
        }
    }

    @Test func aDAGIsPausedAndARunChanged() async throws {
        let harness = try APIHarness()
        let run = try await harness.finishedRun(of: "failing", runID: "f")
        #expect(run.state == .failed)
        try await harness.withClient { client async throws in
            let paused = try await client.send(.patch, "/api/v2/dags/hello", #"{"is_paused":true}"#)
            #expect(try paused.json()["is_paused"] == true)
            #expect(try await client.json("/api/v1/dags/hello")["dag"]?["is_paused"] == true)
            let marked = try await client.send(
                .patch, "/api/v2/dags/failing/dagRuns/f/taskInstances/after/dry_run",
                #"{"new_state":"success"}"#)
            #expect(try marked.json()["task_instances"]?[0]?["task_id"] == "after")
            #expect(try marked.json()["task_instances"]?[0]?["state"] == "upstream_failed")
            let dry = try await client.send(
                .post, "/api/v2/dags/failing/clearTaskInstances", #"{"dag_run_id":"f","task_ids":["bad"]}"#)
            #expect(
                try dry.json()["total_entries"] == 2, "with what could not run because of it, as it will be")
            #expect(try await client.json("/api/v2/dags/failing/dagRuns/f")["state"] == "failed")
            let state = try await client.send(
                .patch, "/api/v2/dags/failing/dagRuns/f", #"{"state":"success"}"#)
            #expect(try state.json()["state"] == "success")
            #expect(try await client.send(.delete, "/api/v2/dags/failing/dagRuns/f").status == .noContent)
            #expect(try await client.get("/api/v2/dags/failing/dagRuns/f").status == .notFound)
        }
    }
}
