import DAGDomain
import Foundation
import HTTPTypes
import JSONText
import NIOCore
import SchedulerService
import Testing

@testable import HTTPAPI

/// Variables, connections and pools as Airflow's clients know them, and what is never told.
@Suite(.serialized) struct ValueTests {
    @Test func variablesAreAirflows() async throws {
        let harness = try APIHarness()
        try await harness.withClient(.network) { client async throws in
            let headers: HTTPFields = [
                .authorization: "Bearer \(APIHarness.token)", .contentType: "application/json",
            ]
            func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws
                -> RouterClient.Answer
            { try await client.send(method, "/api/v2/variables" + path, body, headers: headers) }
            let made = try await send(.post, "", #"{"key": "site", "value": {"a": 1}, "description": "d"}"#)
            #expect(made.status == .created)
            #expect(
                try made.json() == [
                    "key": "site", "value": #"{"a":1}"#, "description": "d", "is_encrypted": true,
                    "team_name": nil,
                ])
            #expect(try await send(.post, "", #"{"key": "site", "value": "x"}"#).status == .conflict)
            #expect(try await send(.post, "", #"{"key": "", "value": "x"}"#).status == .unprocessableContent)
            #expect(try await send(.post, "", #"{"key": "y"}"#).status == .unprocessableContent)
            #expect(
                try await send(.post, "", #"{"key": "y", "value": 1, "z": 1}"#).status
                    == .unprocessableContent)
            #expect(
                try await send(.post, "", #"{"key": "api_token", "value": "hunter22"}"#).status == .created)
            #expect(try await send(.get, "/api_token").json()["value"] == "***")
            // A client that sends back what it was shown changes nothing.
            let patched = try await send(
                .patch, "/api_token", #"{"key": "api_token", "value": "***", "description": "n"}"#)
            #expect(try patched.json()["description"] == "n")
            #expect(try harness.controlPlane.values.variable("api_token") == "hunter22")
            let masked = try await send(
                .patch, "/site?update_mask=description",
                #"{"key": "site", "value": "new", "description": "e"}"#)
            #expect(try masked.json()["value"] == #"{"a":1}"#)
            #expect(try masked.json()["description"] == "e")
            #expect(try await send(.patch, "/site", #"{"key": "other", "value": "x"}"#).status == .badRequest)
            #expect(try await send(.patch, "/none", #"{"key": "none", "value": "x"}"#).status == .notFound)
            let page = try await send(.get, "?order_by=-key&limit=1&variable_key_pattern=%25i%25").json()
            #expect(page["total_entries"] == 2)
            #expect(page["variables"]?[0]?["key"] == "site")
            #expect(try await send(.delete, "/site").status == .noContent)
            #expect(try await send(.delete, "/site").status == .notFound)
            #expect(try await send(.get, "/site").status == .notFound)
        }
    }

    @Test func connectionsAreAirflows() async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws
                -> RouterClient.Answer
            { try await client.send(method, "/api/v2/connections" + path, body) }
            let body = """
                {"connection_id": "db", "conn_type": "postgres", "host": "127.0.0.1", "login": "me",
                 "password": "hunter22", "port": 1, "schema": "s", "extra": "{\\"api_key\\": \\"k-secret\\", \\"r\\": 1}"}
                """
            let made = try await send(.post, "", body)
            #expect(made.status == .created)
            #expect(
                try made.json() == [
                    "connection_id": "db", "conn_type": "postgres", "description": nil, "host": "127.0.0.1",
                    "login": "me", "password": "***", "port": 1, "schema": "s", "team_name": nil,
                    "extra": #"{"api_key":"***","r":1}"#,
                ])
            #expect(try await send(.post, "", body).status == .conflict)
            #expect(
                try await send(.post, "", #"{"connection_id": "a b", "conn_type": "x"}"#).status
                    == .unprocessableContent)
            let back = """
                {"connection_id": "db", "conn_type": "postgres", "host": "h2", "password": "***",
                 "extra": "{\\"api_key\\": \\"***\\", \\"r\\": 2}"}
                """
            #expect(try await send(.patch, "/db", back).json()["host"] == "h2")
            let stored = try #require(try harness.controlPlane.values.connection("db"))
            #expect(stored.password == "hunter22" && stored.extra == #"{"api_key":"k-secret","r":2}"#)
            #expect(stored.login == nil, "without a mask what is not given is taken away")
            let tried = try await send(
                .post, "/test",
                #"{"connection_id": "t", "conn_type": "http", "host": "127.0.0.1", "port": 1}"#)
            #expect(try tried.json()["status"] == false)
            #expect(try tried.json()["message"]?.stringValue?.contains("Connection refused") == true)
            #expect(try await send(.post, "/defaults").status == .noContent)
            #expect(try await send(.get, "").json()["total_entries"] == 1)
            #expect(try await send(.delete, "/db").status == .noContent)
            #expect(try await send(.get, "/db").status == .notFound)
        }
    }

    @Test func manyAreChangedAtOnce() async throws {
        let harness = try APIHarness()
        try await harness.withClient { client async throws in
            let body = """
                {"actions": [
                  {"action": "create", "entities": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]},
                  {"action": "create", "entities": [{"key": "a", "value": "9"}, {"key": "c", "value": "3"}]},
                  {"action": "create", "action_on_existence": "skip", "entities": [{"key": "a", "value": "9"}, {"key": "c", "value": "3"}]},
                  {"action": "update", "entities": [{"key": "b", "value": "5"}]},
                  {"action": "update", "entities": [{"key": "zz", "value": "5"}]},
                  {"action": "delete", "action_on_non_existence": "skip", "entities": ["a", "zz"]}]}
                """
            let answer = try await client.send(.patch, "/api/v2/variables", body)
            #expect(answer.status == .ok)
            let json = try answer.json()
            #expect(json["create"]?["success"] == ["a", "b", "c"])
            #expect(
                json["create"]?["errors"] == [
                    [
                        "error": "The variables with these variable keys: {'a'} already exist.",
                        "status_code": 409,
                    ]
                ])
            #expect(json["update"]?["success"] == ["b"])
            #expect(json["update"]?["errors"]?[0]?["status_code"] == 404)
            #expect(json["delete"] == ["success": ["a"], "errors": []])
            #expect(try harness.controlPlane.values.variables().map(\.value) == ["5", "3"])
            let pools =
                #"{"actions": [{"action": "create", "entities": [{"name": "gpu", "slots": 2}]}, {"action": "delete", "entities": ["default_pool"]}]}"#
            let changed = try await client.send(.patch, "/api/v2/pools", pools).json()
            #expect(changed["create"]?["success"] == ["gpu"])
            #expect(changed["delete"]?["errors"]?[0]?["status_code"] == 400)
            #expect(changed["update"] == .null)
            let bad = try await client.send(
                .patch, "/api/v2/variables", #"{"actions": [{"action": "wipe", "entities": []}]}"#)
            #expect(bad.status == .unprocessableContent)
        }
    }

    @Test func valuesInTheClearStayOnTheMachine() async throws {
        let harness = try APIHarness()
        try harness.controlPlane.values.set(Variable(key: "the_token", value: "hunter22"), by: "test")
        try await harness.withClient { client async throws in
            #expect(try await client.json("/api/v1/variables/the_token")["value"] == "***")
            #expect(try await client.json("/api/v1/variables/the_token?reveal=true")["value"] == "hunter22")
        }
        try await harness.withClient(.network) { client async throws in
            let headers: HTTPFields = [
                .authorization: "Bearer \(APIHarness.token)", .contentType: "application/json",
            ]
            for path in [
                "variables/the_token?reveal=true", "variables?reveal=true", "connections?reveal=true",
            ] {
                #expect(try await client.get("/api/v1/" + path, headers: headers).status == .forbidden)
            }
            for path in ["rotate-key", "dags/hello/tasks/hi/trial"] {
                let answer = try await client.send(.post, "/api/v1/" + path, "{}", headers: headers)
                #expect(answer.status == .forbidden)
            }
        }
    }

    private static let secret = """
        { "dag_id": "secret", "tasks": [ { "task_id": "t",
            "env": { "PW": "{{ conn.db.password }}", "DAY": "{{ ds | default('none') }}" },
            "command": "printf 'a hunt'; printf 'er22 b\\\\n'; echo out=$PW >> $ORCHESTRATOR_OUTPUT; echo $PW" } ] }
        """

    @Test func secretsOfATaskAreNowhere() async throws {
        let harness = try APIHarness(["secret.json": Self.secret])
        let values = harness.controlPlane.values
        try values.set(Connection(id: "db", type: "x", password: "hunter22"), by: "test")
        let run = try await harness.finishedRun(of: "secret", runID: "r")
        #expect(run.state == .success)
        // What the run was given stays hidden when it is changed.
        try values.set(Connection(id: "db", type: "x", password: "another1"), by: "test")
        try await harness.withClient { client async throws in
            let airflow = "/api/v2/dags/secret/dagRuns/r/taskInstances/t"
            let own = "/api/v1/dags/secret/runs/r/tasks/t"
            let plain = try await client.get(own + "/logs")
            #expect(String(buffer: plain.body) == "a *** b\n***\n")
            let followed = try await client.get(own + "/logs?follow=true")
            #expect(String(buffer: followed.body) == "a *** b\n***\n")
            let page = try await client.json(airflow + "/logs/1")
            #expect(page["content"]?[0]?["event"] == "a *** b" && page["content"]?[1]?["event"] == "***")
            let lines = try await client.get(airflow + "/logs/1", headers: [.accept: "application/x-ndjson"])
            #expect(!String(buffer: lines.body).contains("hunter22"))
            #expect(try await client.json(own)["outputs"] == ["out": "***"])
            #expect(try await client.json(airflow + "/xcomEntries/out")["value"] == "***")
            let instance = try await client.json(airflow)
            #expect(instance["rendered_fields"]?["env"] == ["PW": "***", "DAY": "none"])
            #expect(try await client.json(own + "/rendered")["recorded"] == true)
        }
    }

    /// A page of a log begins and ends anywhere.
    @Test func secretsOverTheEdgesOfPagesAreMasked() async throws {
        let harness = try APIHarness()
        try harness.controlPlane.values.set(
            Variable(key: "my_secret", value: "first half\nsecond half"), by: "test")
        _ = try await harness.finishedRun(of: "hello", runID: "r1")
        let log = try harness.controlPlane.log(
            dagID: DAGID("hello"), runID: RunID("r1"), taskID: TaskID("hi"), mapIndex: -1, tryNumber: nil)
        // The line end inside the secret is the last one of the first page (1 MiB).
        let text = String(repeating: "x", count: (1 << 20) - 18) + "\nfirst half\nsecond half\nend\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: log.path))
        try await harness.withClient { client async throws in
            let path = "/api/v2/dags/hello/dagRuns/r1/taskInstances/hi/logs/1"
            let first = try await client.json(path)
            let token = try #require(first["continuation_token"]?.stringValue)
            let second = try await client.json(path + "?token=\(token)")
            let events = [first, second].flatMap { $0["content"]?.arrayValue ?? [] }
                .compactMap { $0["event"]?.stringValue }
            #expect(events.allSatisfy { !$0.contains("half") })
            #expect(events.last == "end")
            #expect(second["continuation_token"] == .null)
        }
    }
}
