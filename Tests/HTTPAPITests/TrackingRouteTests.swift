import Foundation
import Glibc
import HTTPTypes
import JSONText
import NIOCore
import Testing

@testable import HTTPAPI

/// MLflow's protocol on the wire: what its Python client does not do, or would hide.
@Suite(.serialized) struct TrackingRouteTests {
    private static let api = "/api/2.0/mlflow/"
    private static let proxy = "/api/2.0/mlflow-artifacts/artifacts"

    private func post(
        _ client: RouterClient, _ path: String, _ body: String, status: HTTPResponse.Status = .ok
    ) async throws -> JSONValue {
        let answer = try await client.send(.post, Self.api + path, body)
        #expect(answer.status == status, "\(path): \(String(buffer: answer.body))")
        return try answer.json()
    }

    private func madeRun(_ client: RouterClient, _ rest: String = "") async throws -> String {
        let made = try await post(client, "runs/create", "{\"experiment_id\":\"0\",\"start_time\":1\(rest)}")
        return try #require(made["run"]?["info"]?["run_id"]?.stringValue)
    }

    @Test func everythingNeedsTheToken() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            for path in [
                Self.api + "experiments/search", Self.api + "runs/search", Self.api + "nothing", Self.proxy,
                "/api/3.0/mlflow/server-info", Self.proxy + "/a",
            ] {
                let answer = try await client.get(path)
                #expect(answer.status == .unauthorized, "\(path)")
                #expect(try answer.json()["error_code"] == "UNAUTHENTICATED")
            }
            let upload = try await client.send(.put, Self.proxy + "/a", "x")
            #expect(upload.status == .unauthorized)
            #expect(!FileManager.default.fileExists(atPath: harness.home + "/tracking"))
        }
    }

    @Test func numbersMayBeTexts() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient { client async throws in
            let run = try await madeRun(client)
            for (value, seen) in [
                ("\"NaN\"", JSONValue.string("NaN")),
                ("\"Infinity\"", JSONValue(Double.greatestFiniteMagnitude)),
                ("\"0.5\"", JSONValue(0.5)), ("2", JSONValue(2.0)),
            ] {
                _ = try await post(
                    client, "runs/log-metric",
                    "{\"run_id\":\"\(run)\",\"key\":\"m\",\"value\":\(value),\"timestamp\":\"17\",\"step\":\"3\"}"
                )
                let found = try await client.json(Self.api + "runs/get?run_id=\(run)")
                let metric = try #require(found["run"]?["data"]?["metrics"]?[0])
                #expect(metric["timestamp"] == 17 && metric["step"] == 3)
                _ = seen
            }
            let history = try await client.json(
                Self.api + "metrics/get-history?run_id=\(run)&metric_key=m")
            let values = try #require(history["metrics"]?.arrayValue).map { $0["value"] ?? .null }
            #expect(
                values == ["NaN", JSONValue(0.5), JSONValue(2.0), JSONValue(Double.greatestFiniteMagnitude)])
        }
    }

    @Test func whatIsWrongIsToldInMLflowsWay() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient { client async throws in
            let run = try await madeRun(client)
            let metric = "{\"run_id\":\"\(run)\",\"key\":\"m\",\"timestamp\":1,\"value\":"
            let tests: [(String, String, HTTPResponse.Status, String)] = [
                ("runs/log-metric", metric + "true}", .badRequest, "INVALID_PARAMETER_VALUE"),
                ("runs/log-metric", metric + "\"x\"}", .badRequest, "INVALID_PARAMETER_VALUE"),
                ("runs/log-metric", metric + "NaN}", .badRequest, "INVALID_PARAMETER_VALUE"),
                ("runs/log-metric", "[]", .badRequest, "INVALID_PARAMETER_VALUE"),
                ("runs/log-metric", "{\"run_id\": 5}", .badRequest, "INVALID_PARAMETER_VALUE"),
                (
                    "runs/update", "{\"run_id\":\"\(run)\",\"status\":\"GONE\"}", .badRequest,
                    "INVALID_PARAMETER_VALUE"
                ),
                ("runs/create", "{\"experiment_id\":\"77\"}", .notFound, "RESOURCE_DOES_NOT_EXIST"),
                ("runs/nothing", "{}", .notFound, "ENDPOINT_NOT_FOUND"),
                ("experiments/create", "{\"name\":\"Default\"}", .badRequest, "RESOURCE_ALREADY_EXISTS"),
                (
                    "experiments/create", "{\"name\":\"x\",\"artifact_location\":\"file:///etc\"}",
                    .badRequest,
                    "INVALID_PARAMETER_VALUE"
                ),
            ]
            for (path, body, status, code) in tests {
                let answer = try await post(client, path, body, status: status)
                #expect(answer["error_code"] == .string(code), "\(path) \(body): \(answer)")
                #expect(answer["message"]?.stringValue?.isEmpty == false)
            }
        }
    }

    /// A batch is logged whole or not at all.
    @Test func aRefusedBatchLeavesNothing() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient { client async throws in
            let run = try await madeRun(client)
            let batch = { (value: String) in
                """
                {"run_id":"\(run)","metrics":[{"key":"m\(value)","value":1,"timestamp":1,"step":0}],
                 "params":[{"key":"p","value":"\(value)"}],"tags":[{"key":"t","value":"\(value)"}]}
                """
            }
            _ = try await post(client, "runs/log-batch", batch("1"))
            _ = try await post(client, "runs/log-batch", batch("2"), status: .badRequest)
            let data = try #require(
                try await client.json(Self.api + "runs/get?run_id=\(run)")["run"]?["data"])
            #expect(data["metrics"]?.arrayValue?.map { $0["key"] } == ["m1"])
            #expect(data["tags"]?.arrayValue?.contains { $0["value"] == "2" } == false)
        }
    }

    @Test func filesNeverLeaveTheirFolder() async throws {
        let harness = try APIHarness([:])
        let root = harness.home + "/tracking"
        try await harness.withClient { client async throws in
            let put = { (path: String, body: String) in
                try await client.send(.put, Self.proxy + path, body).status
            }
            #expect(try await put("/0/a/file.txt", "hello") == .ok)
            #expect(try await client.get(Self.proxy + "/0/a/file.txt").body == ByteBuffer(string: "hello"))
            for path in ["/../x", "/a/%2e%2e/%2e%2e/x", "/%2Fetc/x", "/a/..%2f..%2fx", "/.uploading/x", "/"] {
                #expect(try await put(path, "x") != .ok, "\(path)")
                guard path != "/" else { continue }
                #expect(try await client.get(Self.proxy + path).status != .ok, "\(path)")
            }
            // What leads outside is neither followed nor listed, and only the link itself is removed.
            try FileManager.default.createDirectory(
                atPath: harness.root + "/outside", withIntermediateDirectories: true)
            try "secret".write(toFile: harness.root + "/outside/s", atomically: false, encoding: .utf8)
            symlink(harness.root + "/outside", root + "/0/a/link")
            symlink(harness.root + "/outside/s", root + "/0/a/file-link")
            #expect(try await client.get(Self.proxy + "/0/a/link/s").status == .notFound)
            #expect(try await client.get(Self.proxy + "/0/a/file-link").status == .notFound)
            #expect(try await put("/0/a/link/t", "x") == .badRequest)
            let listed = try await client.json(Self.proxy + "?path=0/a")
            #expect(listed["files"]?.arrayValue?.map { $0["path"] } == ["file.txt"])
            #expect(try await client.send(.delete, Self.proxy + "/0/a").status == .ok)
            #expect(FileManager.default.fileExists(atPath: harness.root + "/outside/s"))
            #expect(!FileManager.default.fileExists(atPath: root + "/0/a"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/.uploading").isEmpty)
        }
    }

    /// More than any other request may bring.
    @Test func largeFilesPassThrough() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient { client async throws in
            let text = String(repeating: "0123456789abcdef", count: 300_000)
            #expect(try await client.send(.put, Self.proxy + "/big", text).status == .ok)
            let answer = try await client.get(Self.proxy + "/big")
            #expect(answer.body.readableBytes == text.utf8.count)
            #expect(answer.body == ByteBuffer(string: text))
        }
    }
}
