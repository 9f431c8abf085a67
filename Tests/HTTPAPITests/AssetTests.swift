import DAGDomain
import Foundation
import HTTPTypes
import JSONText
import NIOCore
import SchedulerService
import StateStore
import Testing

@testable import HTTPAPI

/// Assets, their events and what waits, as Airflow's clients know them.
@Suite(.serialized) struct AssetTests {
    private static let files = [
        "producer.json": """
        {"dag_id": "producer", "tasks": [{"task_id": "make", "command": "true",
         "outlets": [{"uri": "s3://orders", "name": "orders", "extra": {"owner": "x"}}]}]}
        """,
        "consumer.json": """
        {"dag_id": "consumer", "schedule": {"assets": ["s3://orders", {"any": ["s3://prices", "s3://stock"]}]},
         "tasks": [{"task_id": "use", "inlets": ["s3://stock"], "command": "true"}]}
        """,
    ]

    private func waitForRun(_ harness: APIHarness, of dagID: String) async throws -> DAGRun {
        let stream = harness.controlPlane.updates.subscribe(dagID: DAGID(dagID))
        let known = try harness.controlPlane.store.runs(.init()).rows.map(\.run)
        if let run = known.first(where: { $0.dagID.text == dagID }) { return try await harness.end(of: run) }
        for await case .run(let run) in stream where run.dagID.text == dagID {
            return try await harness.end(of: run)
        }
        throw APIHarness.StreamEnded()
    }

    @Test func assetsAreAirflows() async throws {
        let harness = try APIHarness(Self.files)
        try await harness.withClient { client async throws in
            let list = try await client.json("/api/v2/assets?order_by=-uri")
            #expect(list["total_entries"] == 3)
            #expect(
                list["assets"]?.arrayValue?.map { $0["uri"] } == ["s3://stock", "s3://prices", "s3://orders"])
            let orders = try #require(list["assets"]?[2])
            #expect(
                orders["name"] == "orders" && orders["extra"] == ["owner": "x"] && orders["aliases"] == [])
            #expect(orders["producing_tasks"]?[0]?["dag_id"] == "producer")
            #expect(orders["scheduled_dags"]?[0]?["dag_id"] == "consumer")
            #expect(orders["last_asset_event"] == .null && orders["watchers"] == [])
            let id = try #require(orders["id"]?.intValue)
            #expect(try await client.json("/api/v2/assets/\(id)") == orders)
            #expect(try await client.get("/api/v2/assets/99").status == .notFound)
            #expect(try await client.json("/api/v2/assets?uri_pattern=%25st%25")["total_entries"] == 1)
            #expect(try await client.json("/api/v2/assets?dag_ids=producer")["total_entries"] == 1)
            #expect(try await client.json("/api/v2/assets/aliases")["total_entries"] == 0)
            let details = try await client.json("/api/v2/dags/consumer/details")
            #expect(details["asset_expression"]?["all"]?[0]?["asset"]?["uri"] == "s3://orders")
        }
    }

    @Test func eventsWaitAndStartARun() async throws {
        let harness = try APIHarness(Self.files)
        try await harness.withClient { client async throws in
            let produced = try await harness.finishedRun(of: "producer", runID: "p")
            #expect(produced.state == .success)
            let events = try await client.json("/api/v2/assets/events")
            let event = try #require(events["asset_events"]?[0])
            #expect(events["total_entries"] == 1 && event["created_dagruns"] == [])
            #expect(event["source_dag_id"] == "producer" && event["source_run_id"] == "p")
            #expect(event["source_task_id"] == "make" && event["source_map_index"] == -1)
            let queued = try await client.json("/api/v2/dags/consumer/assets/queuedEvents")
            #expect(
                queued["total_entries"] == 1 && queued["queued_events"]?[0]?["asset_id"] == event["asset_id"])
            let waiting = try await client.json("/api/v1/dags/consumer")["assets"]
            #expect(waiting?["missing"] == "s3://prices or s3://stock")
            #expect(
                waiting?["sentence"]?.stringValue?.hasPrefix(
                    "waits for s3://prices or s3://stock; had s3://orders at ") == true)

            let assets = try await client.json("/api/v2/assets")["assets"]?.arrayValue ?? []
            let stock = try #require(assets.first { $0["uri"] == "s3://stock" }?["id"]?.intValue)
            let body = #"{"asset_id": \#(stock), "extra": {"n": 9007199254740993}}"#
            let made = try await client.send(.post, "/api/v2/assets/events", body)
            #expect(try made.status == .ok && made.json()["extra"] == ["n": 9_007_199_254_740_993])
            let run = try await waitForRun(harness, of: "consumer")
            #expect(run.state == .success && run.type == .assetTriggered)
            let path = "/api/v2/dags/consumer/dagRuns/\(run.runID.text.replacing("+", with: "%2B"))"
            let wire = try await client.json(path)
            #expect(wire["run_type"] == "asset_triggered" && wire["triggered_by"] == "asset")
            #expect(wire["logical_date"] == .null)
            let upstream = try await client.json(path + "/upstreamAssetEvents")
            #expect(upstream["total_entries"] == 2)
            #expect(upstream["asset_events"]?[1]?["uri"] == "s3://stock")
            #expect(
                upstream["asset_events"]?[0]?["created_dagruns"]?[0]?["run_id"] == .string(run.runID.text))
            #expect(try await client.get("/api/v2/dags/consumer/assets/queuedEvents").status == .notFound)
        }
    }

    @Test func queuedEventsCanBeDeleted() async throws {
        let harness = try APIHarness(Self.files)
        try await harness.withClient { client async throws in
            let emit = #"{"uri": "s3://orders"}"#
            #expect(try await client.send(.post, "/api/v1/assets/events", emit).status == .created)
            let assets = try await client.json("/api/v2/assets")["assets"]?.arrayValue ?? []
            let id = try #require(assets.first { $0["uri"] == "s3://orders" }?["id"]?.intValue)
            let path = "/api/v2/dags/consumer/assets/\(id)/queuedEvents"
            #expect(try await client.json(path)["dag_id"] == "consumer")
            let before = path + "?before=2020-01-01T00:00:00Z"
            #expect(try await client.send(.delete, before).status == .notFound)
            #expect(try await client.send(.delete, path).status == .noContent)
            #expect(try await client.send(.delete, path).status == .notFound)
            #expect(try await client.json("/api/v2/assets/events")["total_entries"] == 1)
        }
    }

    @Test func whatIsRefused() async throws {
        let harness = try APIHarness(Self.files)
        try await harness.withClient { client async throws in
            for (target, body, status) in [
                ("/api/v1/assets/events", #"{"uri": "s3://order"}"#, HTTPResponse.Status.notFound),
                ("/api/v1/assets/events", #"{"uri": ""}"#, .badRequest),
                ("/api/v1/assets/events", #"{"uri": "s3://orders", "extra": []}"#, .unprocessableContent),
                ("/api/v1/assets/events", #"{"uri": "s3://orders", "x": 1}"#, .unprocessableContent),
                ("/api/v2/assets/events", #"{"asset_id": 99}"#, .notFound),
                ("/api/v2/assets/events", #"{"asset_id": 1, "partition_key": "p"}"#, .badRequest),
            ] {
                let answer = try await client.send(.post, target, body)
                #expect(answer.status == status, "\(target) \(body): \(String(buffer: answer.body))")
            }
            let assets = try await client.json("/api/v2/assets")["assets"]?.arrayValue ?? []
            for (uri, status) in [("s3://stock", HTTPResponse.Status.notFound), ("s3://orders", .ok)] {
                let id = try #require(assets.first { $0["uri"] == .string(uri) }?["id"]?.intValue)
                let answer = try await client.send(.post, "/api/v2/assets/\(id)/materialize", "{}")
                #expect(answer.status == status, "\(uri): \(String(buffer: answer.body))")
            }
            let long = #"{"uri": "s3://orders", "extra": {"x": "\#(String(repeating: "y", count: 70_000))"}}"#
            #expect(try await client.send(.post, "/api/v1/assets/events", long).status == .badRequest)
            let unknown = try await client.send(.post, "/api/v1/assets/events", #"{"uri": "s3://order"}"#)
            #expect(String(buffer: unknown.body).contains("did you mean `s3://orders`?"))
        }
    }
}
