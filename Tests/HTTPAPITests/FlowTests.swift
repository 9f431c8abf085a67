import DAGDomain
import Foundation
import HTTPTypes
import JSONText
import SchedulerService
import Testing

@testable import HTTPAPI

/// Mapped tasks, groups and questions to people, as Airflow's clients see them.
@Suite(.serialized) struct FlowTests {
    private static let files = [
        "flow.json": """
        { "dag_id": "flow", "tasks": [
            { "task_id": "ask", "type": "approval", "subject": "go on?", "body": "all is well", "default": "reject" },
            { "task_id": "plain", "command": "true", "depends_on": ["ask"] } ],
          "task_groups": [ { "group_id": "g", "expand": { "n": [1, 2, 3] },
            "tasks": [ { "task_id": "work", "command": "test $ORCHESTRATOR_PARAM_N != 2" } ] } ] }
        """
    ]

    private func waitingRun(_ harness: APIHarness) async throws -> DAGRun {
        let stream = harness.controlPlane.updates.subscribe(dagID: DAGID("flow"))
        let run = try await harness.controlPlane.trigger(
            TriggerRequest(dagID: DAGID("flow"), runID: RunID("r"), trigger: .restAPI))
        for await case .instance(_, _, let task, let instance) in stream
        where task == TaskID("ask") && instance.state == .deferred {
            break
        }
        return run
    }

    @Test func aQuestionIsListedAndAnsweredOnce() async throws {
        let harness = try APIHarness(Self.files)
        let run = try await waitingRun(harness)
        try await harness.withClient { client in
            let path = "/api/v2/dags/flow/dagRuns/r/taskInstances/ask/-1/hitlDetails"
            let detail = try await client.json(path)
            for key in [
                "options", "subject", "created_at", "task_instance", "params_input", "assigned_users",
            ] {
                #expect(detail[key] != nil, "\(key)")
            }
            #expect(detail["subject"] == "go on?" && detail["body"] == "all is well")
            #expect(detail["options"] == ["Approve", "Reject"] && detail["defaults"] == ["Reject"])
            #expect(detail["response_received"] == false && detail["responded_at"] == .null)
            #expect(detail["task_instance"]?["state"] == "deferred")
            for place in ["flow/dagRuns/r", "flow/dagRuns/~", "~/dagRuns/~"] {
                let list = try await client.json("/api/v2/dags/\(place)/hitlDetails?response_received=false")
                #expect(list["total_entries"] == 1 && list["hitl_details"]?[0]?["subject"] == "go on?")
            }
            #expect(
                try await client.json("/api/v2/dags/flow/dagRuns/r/hitlDetails?task_id=x")["total_entries"]
                    == 0)
            for body in [
                #"{"chosen_options": ["Maybe"]}"#, #"{"chosen_options": []}"#,
                #"{"chosen_options": ["Approve", "Reject"]}"#,
                #"{"chosen_options": ["Approve"], "params_input": {"a": 1}}"#,
            ] {
                #expect(try await client.send(.patch, path, body).status == .badRequest, "\(body)")
            }
            #expect(
                try await client.send(.patch, path, #"{"chosen_options": ["Approve"], "x": 1}"#).status
                    == .unprocessableContent)
            let answer = try await client.send(.patch, path, #"{"chosen_options": ["Approve"]}"#)
            #expect(answer.status == .ok)
            #expect(try answer.json()["chosen_options"] == ["Approve"])
            #expect(try answer.json()["responded_by"]?["id"]?.stringValue?.isEmpty == false)
            #expect(
                try await client.send(.patch, path, #"{"chosen_options": ["Reject"]}"#).status == .conflict)
            _ = try await harness.end(of: run)
            let after = try await client.json(path)
            #expect(after["response_received"] == true && after["chosen_options"] == ["Approve"])
            #expect(after["responded_by_user"]?["id"]?.stringValue?.isEmpty == false)
            #expect(try await client.json(path + "/tries/1")["subject"] == "go on?")
            #expect(try await client.get(path + "/tries/2").status == .notFound)
            let plain = "/api/v2/dags/flow/dagRuns/r/taskInstances/plain/-1/hitlDetails"
            #expect(try await client.get(plain).status == .notFound)
        }
    }

    @Test func mappedTasksAreToldAndListed() async throws {
        let harness = try APIHarness(Self.files)
        let run = try await waitingRun(harness)
        try await harness.withClient { client in
            let tasks = try await client.json("/api/v2/dags/flow/tasks")["tasks"]?.arrayValue ?? []
            let mapped = tasks.filter { $0["is_mapped"] == true }.compactMap { $0["task_id"]?.stringValue }
            #expect(mapped == ["g.work"])
            _ = try await client.send(
                .patch, "/api/v2/dags/flow/dagRuns/r/taskInstances/ask/-1/hitlDetails",
                #"{"chosen_options": ["Approve"]}"#)
            #expect(try await harness.end(of: run).state == .failed)
            let base = "/api/v2/dags/flow/dagRuns/r/taskInstances/"
            let rows = try await client.json(base + "g.work/listMapped")
            #expect(rows["total_entries"] == 3)
            #expect(
                rows["task_instances"]?.arrayValue?.compactMap { $0["map_index"]?.intValue } == [0, 1, 2])
            let failed = try await client.json(base + "g.work/listMapped?state=failed")
            #expect(failed["total_entries"] == 1 && failed["task_instances"]?[0]?["map_index"] == 1)
            #expect(try await client.get(base + "plain/listMapped").status == .notFound)
            #expect(try await client.get(base + "nobody/listMapped").status == .notFound)

            let marked = try await client.send(.patch, base + "g.work/1", #"{"new_state": "success"}"#)
            #expect(try marked.json()["total_entries"] == 1, "one instance, not all of the task")
            let clear = try await client.send(
                .post, "/api/v2/dags/flow/clearTaskInstances",
                #"{"dag_run_id": "r", "task_ids": [["g.work", 0], ["g.work", 2]], "only_failed": false}"#)
            let cleared = try clear.json()["task_instances"]?.arrayValue ?? []
            #expect(cleared.compactMap { $0["map_index"]?.intValue } == [0, 2])

            let details = try await client.json("/api/v1/dags/flow")
            #expect(
                details["groups"]?[0]?["group_id"] == "g" && details["groups"]?[0]?["mapping"] == "expand n")
            let work = details["tasks"]?.arrayValue?.first { $0["task_id"] == "g.work" }
            #expect(work?["group"] == "g" && work?["mapping"] == "expand n")
        }
    }
}
