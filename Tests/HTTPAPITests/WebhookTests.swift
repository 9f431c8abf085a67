import Crypto
import DAGDomain
import Foundation
import HTTPTypes
import JSONText
import NIOCore
import SchedulerService
import StateStore
import Testing

@testable import HTTPAPI

/// Signed messages from other programs, over the network and without a token.
@Suite(.serialized) struct WebhookTests {
    private static let secret = "It's a Secret to Everybody"
    private static let files = [
        "consumer.json": """
        {"dag_id": "consumer", "schedule": {"assets": ["s3://orders", "s3://never"]},
         "tasks": [{"task_id": "use", "command": "true"}]}
        """,
        "build.json": """
        {"dag_id": "build", "params": {"n": {"type": "integer", "default": 1}, "payload": null},
         "tasks": [{"task_id": "t", "command": "true"}]}
        """,
    ]

    private func signature(_ text: String, _ secret: String = secret) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "sha256=" + code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func headers(_ pairs: [String: String]) throws -> HTTPFields {
        try pairs.reduce(into: HTTPFields()) { fields, pair in
            fields[try #require(HTTPField.Name(pair.key))] = pair.value
        }
    }

    private func make(_ harness: APIHarness, _ name: String, _ body: String) async throws -> JSONValue {
        var answer: JSONValue = .null
        try await harness.withClient { client async throws in
            let made = try await client.send(.put, "/api/v1/hooks/\(name)", body)
            #expect(made.status == .created, "\(String(buffer: made.body))")
            answer = try made.json()
        }
        return answer
    }

    private func deliver(
        _ harness: APIHarness, _ name: String, _ body: String, _ pairs: [String: String]
    ) async throws -> RouterClient.Answer {
        let headers = try headers(pairs)
        var found: RouterClient.Answer?
        try await harness.withClient(.network) { client async throws in
            found = try await client.send(.post, "/api/v1/hooks/\(name)", body, headers: headers)
        }
        return try #require(found)
    }

    @Test func githubMessagesUpdateAnAssetOnce() async throws {
        let harness = try APIHarness(Self.files)
        _ = try await make(
            harness, "gh", #"{"asset": "s3://orders", "scheme": "github", "secret": "\#(Self.secret)"}"#)
        let body = #"{"ref": "refs/heads/main"}"#
        let right = ["X-Hub-Signature-256": signature(body), "X-GitHub-Delivery": "1-2-3"]
        let first = try await deliver(harness, "gh", body, right)
        #expect(first.status == .ok, "\(String(buffer: first.body))")
        let id = try first.json()["asset_event_id"]
        #expect(try first.json()["duplicate"] == false && id != .null)
        let again = try await deliver(harness, "gh", body, right).json()
        #expect(again["duplicate"] == true && again["asset_event_id"] == id)
        try await harness.withClient { client async throws in
            let events = try await client.json("/api/v2/assets/events")
            #expect(events["total_entries"] == 1)
            #expect(events["asset_events"]?[0]?["extra"] == ["ref": "refs/heads/main"])
            #expect(events["asset_events"]?[0]?["source"] == "webhook gh")
        }
    }

    @Test func nobodyWithoutTheSecretIsHeard() async throws {
        let harness = try APIHarness(Self.files)
        _ = try await make(
            harness, "gh", #"{"asset": "s3://orders", "scheme": "github", "secret": "\#(Self.secret)"}"#)
        let body = "{}"
        let right = signature(body)
        let wrong: [(String, [String: String])] = [
            ("gh", [:]), ("gh", ["X-Hub-Signature-256": signature(body, "another secret of ours")]),
            ("gh", ["X-Hub-Signature-256": signature("{ }")]),
            ("gh", ["X-Hub-Signature-256": String(right.dropLast())]),
            ("gh", ["X-Hub-Signature-256": right + "0"]),
            ("gh", ["X-Hub-Signature-256": String(right.dropFirst(7))]),
            ("gh", ["X-Hub-Signature-256": "sha256=" + String(repeating: "0", count: 64)]),
            ("gh", ["X-Orchestrator-Signature": right, "X-Orchestrator-Timestamp": "0"]),
            ("none", ["X-Hub-Signature-256": right]),
            ("no%2Fpath", ["X-Hub-Signature-256": right]),
        ]
        for (name, headers) in wrong {
            let answer = try await deliver(harness, name, body, headers)
            #expect(answer.status == .unauthorized, "\(name) \(headers)")
        }
        try await harness.withClient(.network) { client async throws in
            // Only messages are let in without a token, not those who make or look at webhooks.
            for (method, path) in [
                (HTTPRequest.Method.get, "/api/v1/hooks"), (.get, "/api/v1/hooks/gh"),
                (.put, "/api/v1/hooks/gh"),
                (.delete, "/api/v1/hooks/gh"), (.post, "/api/v1/hooks/"), (.post, "/api/v1/hooks/gh/x"),
            ] {
                #expect(
                    try await client.send(method, path, "{}").status == .unauthorized, "\(method) \(path)")
            }
        }
        try await harness.withClient { client async throws in
            #expect(try await client.json("/api/v2/assets/events")["total_entries"] == 0)
        }
    }

    @Test func timestampedMessagesAreNewAndStartARun() async throws {
        let harness = try APIHarness(Self.files)
        let made = try await make(harness, "ci", #"{"dag_id": "build", "tolerance": 60}"#)
        let secret = try #require(made["secret"]?.stringValue)
        #expect(secret.utf8.count >= 32 && made["scheme"] == "timestamped")
        let now = WallClock.now().secondsSinceEpoch
        func send(_ body: String, at instant: Int64, key: String? = nil) async throws -> RouterClient.Answer {
            var headers = [
                "X-Orchestrator-Timestamp": "\(instant)",
                "X-Orchestrator-Signature": signature("\(instant).\(body)", secret),
            ]
            headers["Idempotency-Key"] = key
            return try await deliver(harness, "ci", body, headers)
        }
        for instant in [now - 120, now + 120, -1] {
            #expect(try await send("{}", at: instant).status == .unauthorized)
        }
        let first = try await send(#"{"n": 7}"#, at: now, key: "a")
        let run = try first.json()["run_id"]?.stringValue ?? ""
        #expect(try first.json()["dag_id"] == "build" && first.json()["duplicate"] == false)
        // The same message, with another key or without: its signature has been seen.
        #expect(try await send(#"{"n": 7}"#, at: now, key: "b").json()["duplicate"] == true)
        // The same key for another message: its sender says that it is the same.
        let retried = try await send(#"{"n": 7}"#, at: now + 1, key: "a").json()
        #expect(retried["duplicate"] == true && retried["run_id"]?.stringValue == run)
        let stored = try harness.controlPlane.store.run(DAGID("build"), RunID(run))?.run
        #expect(stored?.parameters["n"] == 7 && stored?.note == "started by webhook ci")
        // What the DAG refuses is told to who knows the secret, and may be sent again.
        #expect(try await send(#"{"n": "x"}"#, at: now).status == .badRequest)
        #expect(try await send("[1]", at: now).status == .badRequest)
        #expect(try await send("{", at: now).status == .badRequest)
        #expect(try await send("{}", at: now, key: String(repeating: "k", count: 300)).status == .badRequest)
    }

    @Test func aMessageCanBeOneParam() async throws {
        let harness = try APIHarness(Self.files)
        let made = try await make(
            harness, "gh",
            #"{"dag_id": "build", "param": "payload", "scheme": "github", "secret": "\#(Self.secret)"}"#)
        #expect(made["secret"] == nil && made["param"] == "payload" && made["path"] == "/api/v1/hooks/gh")
        let body = #"[{"action": "opened"}]"#
        let answer = try await deliver(harness, "gh", body, ["X-Hub-Signature-256": signature(body)])
        let run = try answer.json()["run_id"]?.stringValue ?? ""
        let stored = try harness.controlPlane.store.run(DAGID("build"), RunID(run))?.run
        #expect(stored?.parameters["payload"] == [["action": "opened"]])
    }

    @Test func secretsAreKeptSealedAndNeverTold() async throws {
        let harness = try APIHarness(Self.files)
        _ = try await make(harness, "gh", #"{"asset": "s3://orders", "secret": "\#(Self.secret)"}"#)
        try await harness.withClient { client async throws in
            let list = try await client.get("/api/v1/hooks")
            #expect(list.status == .ok && !String(buffer: list.body).contains(Self.secret))
            #expect(try list.json()["items"]?[0]?["asset"] == "s3://orders")
            // A change of something else keeps the secret.
            let changed = try await client.send(.put, "/api/v1/hooks/gh", #"{"scheme": "github"}"#)
            #expect(changed.status == .ok)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: harness.home)
        for name in files where name.contains("db") || name.contains("sqlite") {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: harness.home + "/" + name))
            #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(name)")
        }
        let body = "{}"
        #expect(
            try await deliver(harness, "gh", body, ["X-Hub-Signature-256": signature(body)]).status == .ok)
        try await harness.withClient { client async throws in
            #expect(try await client.send(.delete, "/api/v1/hooks/gh").status == .noContent)
            #expect(try await client.get("/api/v1/hooks/gh").status == .notFound)
        }
        #expect(
            try await deliver(harness, "gh", body, ["X-Hub-Signature-256": signature(body)]).status
                == .unauthorized)
    }

    @Test func whatCannotBeAWebhook() async throws {
        let harness = try APIHarness(Self.files)
        try await harness.withClient { client async throws in
            for (body, status) in [
                ("{}", HTTPResponse.Status.badRequest),
                (#"{"asset": "s3://orders", "dag_id": "build"}"#, .badRequest),
                (#"{"asset": "s3://unknown"}"#, .notFound), (#"{"dag_id": "unknown"}"#, .notFound),
                (#"{"dag_id": "build", "param": "no"}"#, .badRequest),
                (#"{"dag_id": "build", "secret": "short"}"#, .badRequest),
                (#"{"dag_id": "build", "scheme": "md5"}"#, .badRequest),
                (#"{"dag_id": "build", "tolerance": 0}"#, .badRequest),
                (#"{"dag_id": "build", "x": 1}"#, .unprocessableContent),
            ] {
                let answer = try await client.send(.put, "/api/v1/hooks/h", body)
                #expect(answer.status == status, "\(body): \(String(buffer: answer.body))")
            }
        }
    }
}
