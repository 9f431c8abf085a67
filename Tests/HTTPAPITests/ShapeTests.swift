import APITypes
import DAGDomain
import Foundation
import Glibc
import HTTPTypes
import JSONText
import NIOCore
import SchedulerService
import Testing

@testable import HTTPAPI

/// What Airflow's clients find in the answers: every required key, and no word that their closed lists do not know.
@Suite(.serialized) struct ShapeTests {
    /// Required keys of Airflow 3.2's schemas by path; a list is checked by its rows.
    private static let required: [(path: String, rows: String?, keys: [String])] = [
        ("/dags", "dags", dagKeys), ("/dags/hello", nil, dagKeys),
        (
            "/dags/hello/details", nil,
            [
                "catchup", "concurrency", "dag_display_name", "dag_id", "file_token", "fileloc",
                "has_import_errors",
                "has_task_concurrency_limits", "is_paused", "is_stale", "max_active_tasks",
                "max_consecutive_failed_dag_runs", "owners", "render_template_as_native_obj", "tags",
                "timetable_partitioned",
            ]
        ),
        ("/dagStats", "dags", ["dag_display_name", "dag_id", "stats"]),
        ("/dagSources/hello", nil, ["dag_display_name", "dag_id", "content"]),
        (
            "/dags/hello/dagVersions", "dag_versions",
            ["created_at", "dag_display_name", "dag_id", "id", "version_number"]
        ),
        ("/dags/hello/tasks", "tasks", taskKeys), ("/dags/hello/tasks/hi", nil, taskKeys),
        ("/importErrors", "import_errors", ["filename", "import_error_id", "stack_trace", "timestamp"]),
        ("/dags/hello/dagRuns", "dag_runs", runKeys), ("/dags/~/dagRuns", "dag_runs", runKeys),
        ("/dags/hello/dagRuns/r1", nil, runKeys),
        ("/dags/hello/dagRuns/r1/taskInstances", "task_instances", instanceKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi", nil, instanceKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/-1", nil, instanceKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/tries", "task_instances", historyKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/tries/1", nil, historyKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/-1/tries/1", nil, historyKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/dependencies", nil, ["dependencies", "total_entries"]),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/logs/1", nil, ["content"]),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/xcomEntries", "xcom_entries", outputKeys),
        ("/dags/hello/dagRuns/r1/taskInstances/hi/xcomEntries/answer", nil, outputKeys + ["value"]),
        ("/pools", "pools", poolKeys), ("/pools/default_pool", nil, poolKeys),
        ("/version", nil, ["version"]), ("/monitor/health", nil, ["metadatabase", "scheduler", "triggerer"]),
    ]

    private static let dagKeys = [
        "dag_display_name", "dag_id", "file_token", "fileloc", "has_import_errors",
        "has_task_concurrency_limits",
        "is_paused", "is_stale", "max_active_tasks", "max_consecutive_failed_dag_runs", "owners", "tags",
        "timetable_partitioned",
    ]
    private static let taskKeys = [
        "depends_on_past", "extra_links", "retry_exponential_backoff", "wait_for_downstream",
    ]
    private static let runKeys = [
        "dag_display_name", "dag_id", "dag_run_id", "dag_versions", "run_after", "run_type", "state",
    ]
    private static let instanceKeys = historyKeys + ["id", "run_after"]
    private static let historyKeys = [
        "dag_display_name", "dag_id", "dag_run_id", "executor_config", "map_index", "max_tries", "pool",
        "pool_slots",
        "task_display_name", "task_id", "try_number",
    ]
    private static let outputKeys = [
        "dag_display_name", "dag_id", "key", "map_index", "run_after", "run_id", "task_display_name",
        "task_id",
        "timestamp",
    ]
    private static let poolKeys = [
        "deferred_slots", "include_deferred", "name", "occupied_slots", "open_slots", "queued_slots",
        "running_slots",
        "scheduled_slots", "slots",
    ]

    @Test func everyRequiredKeyIsThere() async throws {
        let harness = try APIHarness()
        _ = try await harness.finishedRun(of: "hello", runID: "r1")
        try await harness.withClient { client async throws in
            for (path, rows, keys) in Self.required {
                let answer = try await client.json("/api/v2" + path)
                let objects = rows.map { answer[$0]?.arrayValue ?? [] } ?? [answer]
                #expect(!objects.isEmpty, "\(path) has no rows")
                if rows != nil {
                    #expect(answer["total_entries"]?.intValue == Int64(objects.count), "\(path)")
                }
                for object in objects {
                    let missing = keys.filter { object[$0] == nil || object[$0] == .null }
                    #expect(missing.isEmpty, "\(path) lacks \(missing)")
                }
            }
        }
    }

    @Test func theValuesAreTheRuns() async throws {
        let harness = try APIHarness()
        _ = try await harness.finishedRun(of: "hello", runID: "r1")
        try await harness.withClient { client async throws in
            let run = try await client.json("/api/v2/dags/hello/dagRuns/r1")
            #expect(run["state"] == "success")
            #expect(run["run_type"] == "manual")
            #expect(run["triggered_by"] == "rest_api")
            #expect(run["conf"] == ["n": 1])
            #expect(run["dag_versions"]?[0]?["version_number"] == 1)
            let task = try await client.json("/api/v2/dags/hello/dagRuns/r1/taskInstances/hi")
            #expect(task["state"] == "success")
            #expect(task["try_number"] == 1)
            let output = try await client.json(
                "/api/v2/dags/hello/dagRuns/r1/taskInstances/hi/xcomEntries/answer")
            #expect(output["value"] == 42)
            let text = try await client.json(
                "/api/v2/dags/hello/dagRuns/r1/taskInstances/hi/xcomEntries/answer?stringify=true")
            #expect(text["value"] == "42")
            let log = try await client.json("/api/v2/dags/hello/dagRuns/r1/taskInstances/hi/logs/1")
            #expect(log["content"]?.arrayValue?.contains { $0["event"] == "hello" } == true)
            #expect(log["continuation_token"] == .null)
            let source = try await client.json("/api/v2/dagSources/hello")
            #expect(source["content"]?.stringValue == DAGFiles.hello)
        }
    }

    @Test func statesOfOursBecomeStatesThatClientsKnow() async throws {
        let harness = try APIHarness()
        let fifo = harness.dagFolder + "/gate.fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        let run = try await harness.controlPlane.trigger(
            TriggerRequest(dagID: DAGID("waiting"), runID: RunID("w"), trigger: .restAPI))
        try await harness.withClient { client async throws in
            let after = try await client.json("/api/v2/dags/waiting/dagRuns/w/taskInstances/after")
            #expect(after["state"] == .null)
            let own = try await client.json("/api/v1/dags/waiting/runs/w")
            #expect(own["task_instances"]?[1]?["state"] == "pending")
            let why = try await client.json("/api/v2/dags/waiting/dagRuns/w/taskInstances/after/dependencies")
            #expect(why["dependencies"]?[0]?["reason"]?.stringValue?.contains("block") == true)
            let cancelled = try await client.send(.post, "/api/v1/dags/waiting/runs/w/cancel")
            #expect(cancelled.status == .ok)
        }
        let ended = try await harness.end(of: run)
        #expect(ended.state == .cancelled)
        try await harness.withClient { client async throws in
            #expect(try await client.json("/api/v2/dags/waiting/dagRuns/w")["state"] == "failed")
            #expect(try await client.json("/api/v1/dags/waiting/runs/w")["state"] == "cancelled")
            let rows = try await client.json("/api/v2/dags/waiting/dagRuns/w/taskInstances")["task_instances"]
            let known = Set(AirflowV2.TaskInstanceState.allCases.map { JSONValue.string($0.rawValue) })
            for row in rows?.arrayValue ?? [] { #expect(row["state"].map(known.contains) == true) }
            let stats = try await client.json("/api/v2/dagStats?dag_ids=waiting")["dags"]?[0]?["stats"]?
                .arrayValue
            #expect(stats?.first { $0["state"] == "failed" }?["count"] == 1)
        }
    }

    @Test func ourOwnRunIsTheObjectOfTheContract() async throws {
        let harness = try APIHarness()
        _ = try await harness.finishedRun(of: "hello", runID: "r1")
        try await harness.withClient { client async throws in
            let run = try await client.json("/api/v1/dags/hello/runs/r1")
            for key in ["dag_id", "run_id", "state", "task_instances"] { #expect(run[key] != nil) }
            let tasks = try #require(run["task_instances"]?.arrayValue)
            #expect(tasks.map { $0["task_id"] } == ["hi", "then"])
            for task in tasks {
                let keys = [
                    "task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration",
                ]
                for key in keys { #expect(task[key] != nil && task[key] != .null, "\(key)") }
            }
            #expect(tasks[0]["metrics"]?[0]?["name"] == "auc")
            #expect(tasks[0]["gate"]?["passed"] == true)
            #expect(tasks[0]["exit_code"] == 0)
            let task = try await client.json("/api/v1/dags/hello/runs/r1/tasks/hi")
            #expect(task["outputs"] == ["answer": 42])
            #expect(task["tries"]?[0]?["exit_code"] == 0)
            #expect(task["explanation"]?.stringValue?.contains("succeeded") == true)
            let why = try await client.json("/api/v1/dags/hello/runs/r1/tasks/hi/why")
            #expect(why["reason"] == task["explanation"])
        }
    }

    @Test func ourOwnListsAndStatusDecodeAsTheirTypes() async throws {
        let harness = try APIHarness()
        _ = try await harness.finishedRun(of: "failing", runID: "f")
        try await harness.withClient { client async throws in
            let dags = try await client.decode(V1.Page<V1.DAG>.self, "/api/v1/dags")
            try #require(dags.items.map(\.dagID) == ["failing", "hello", "nightly", "waiting"])
            #expect(dags.items[0].latestRun?.state == "failed")
            #expect(dags.items[2].schedule == "0 3 * * *")
            let details = try await client.decode(V1.DAGDetails.self, "/api/v1/dags/hello")
            #expect(details.tasks.map(\.dependsOn) == [[], ["hi"]])
            let next = try await client.decode(
                V1.Page<V1.UpcomingRun>.self, "/api/v1/dags/nightly/next?count=3")
            #expect(
                next.items.map { $0.logicalDate.prefix(16) } == [
                    "2090-01-01T02:00", "2090-01-02T02:00", "2090-01-03T02:00",
                ])
            #expect(
                try await client.decode(V1.Plan.self, "/api/v1/plan?days=3").items.isEmpty)
            let errors = try await client.decode(V1.Page<V1.ImportError>.self, "/api/v1/import-errors")
            #expect(errors.items.first?.errors.first?.message.contains("comand") == true)
            let status = try await client.decode(V1.Status.self, "/api/v1/status")
            #expect(status.runs.first { $0.state == "failed" }?.count == 1)
            #expect(status.dags.broken == 1)
            let run = try await client.decode(V1.RunDetails.self, "/api/v1/dags/failing/runs/f")
            #expect(run.taskInstances.map(\.state) == ["failed", "upstream_failed"])
            #expect(run.taskInstances[0].exitCode == 3)
            #expect(run.taskInstances[1].reason?.contains("bad") == true)
        }
    }
}

extension RouterClient {
    func decode<Body: Decodable>(_ type: Body.Type, _ target: String) async throws -> Body {
        let response = try await get(target)
        #expect(response.status == .ok, "\(target): \(String(buffer: response.body))")
        return try JSONDecoder().decode(type, from: Data(response.body.readableBytesView))
    }
}
