import DAGDomain
import Foundation
import Glibc
import HTTPTypes
import JSONText
import NIOCore
import SchedulerService
import Testing

@testable import HTTPAPI

/// Logs of any size and content, and what a task could plant in their place.
@Suite(.serialized) struct LogTests {
    private static let path = "/api/v2/dags/hello/dagRuns/r1/taskInstances/hi/logs/1"

    /// A finished run and the path of the log of its task `hi`.
    private func finished(_ harness: APIHarness) async throws -> String {
        _ = try await harness.finishedRun(of: "hello", runID: "r1")
        return try harness.controlPlane.log(
            dagID: DAGID("hello"), runID: RunID("r1"), taskID: TaskID("hi"), mapIndex: -1, tryNumber: nil
        ).path
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func textIsSentAsTextOnly() async throws {
        let harness = try APIHarness()
        let log = try await finished(harness)
        let hostile =
            Array("<script>alert(1)</script>\u{1b}]8;;javascript:x\u{7}\n".utf8) + [0xFF, 0x00, 0xC3, 0x28]
        try write(hostile, to: log)
        try await harness.withClient { client async throws in
            for target in [Self.path, "/api/v1/dags/hello/runs/r1/tasks/hi/logs"] {
                let response = try await client.get(target, headers: [.accept: "text/plain"])
                #expect(Array(response.body.readableBytesView) == hostile)
                #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                #expect(response.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            }
            let page = try await client.json(Self.path)
            #expect(page["content"]?.arrayValue?.count == 2)
        }
    }

    @Test func partsAreServedByByteRange() async throws {
        let harness = try APIHarness()
        try write(Array("0123456789".utf8), to: try await finished(harness))
        try await harness.withClient { client async throws in
            func get(_ range: String) async throws -> RouterClient.Answer {
                try await client.get(Self.path, headers: [.accept: "text/plain", .range: range])
            }
            let middle = try await get("bytes=3-5")
            #expect(middle.status == .partialContent)
            #expect(String(buffer: middle.body) == "345")
            #expect(middle.headers[.contentRange] == "bytes 3-5/10")
            #expect(String(buffer: try await get("bytes=-2").body) == "89")
            let beyond = try await get("bytes=10-")
            #expect(beyond.status == .rangeNotSatisfiable)
            #expect(beyond.headers[.contentRange] == "bytes */10")
        }
    }

    @Test func aLongLogComesInPagesThatAddUp() async throws {
        let harness = try APIHarness()
        let lines = (0..<60_000).map { "line \($0) " + String(repeating: "x", count: $0 % 100) }
        try write(Array((lines.joined(separator: "\n") + "\n").utf8), to: try await finished(harness))
        try await harness.withClient { client async throws in
            var events: [String] = []
            var token: String? = "0"
            var pages = 0
            while let next = token {
                let page = try await client.json(Self.path + "?token=\(next)")
                events += page["content"]?.arrayValue?.compactMap { $0["event"]?.stringValue } ?? []
                token = page["continuation_token"]?.stringValue
                pages += 1
            }
            #expect(pages > 2)
            #expect(events == lines)
            let stream = try await client.get(Self.path, headers: [.accept: "application/x-ndjson"])
            let rows = String(buffer: stream.body).split(separator: "\n")
            #expect(rows.count == lines.count)
            #expect(try JSONValue.parse(String(try #require(rows.last)))["event"]?.stringValue == lines.last)
        }
    }

    @Test func oneEndlessLineIsCutNotHeld() async throws {
        let harness = try APIHarness()
        try write([UInt8](repeating: UInt8(ascii: "a"), count: 3 << 20), to: try await finished(harness))
        try await harness.withClient { client async throws in
            let page = try await client.json(Self.path)
            let pieces =
                page["content"]?.arrayValue?.compactMap { $0["event"]?.stringValue?.utf8.count } ?? []
            #expect(pieces.allSatisfy { $0 <= LineSplitter.maximumLine })
            #expect(pieces.reduce(0, +) == 1 << 20)
            #expect(page["continuation_token"]?.stringValue == "\(1 << 20)")
        }
    }

    @Test(arguments: ["link", "fifo", "folder", "nothing", "device"])
    func whatIsNoLogIsNotRead(kind: String) async throws {
        let harness = try APIHarness()
        let log = try await finished(harness)
        #expect(unlink(log) == 0)
        switch kind {
        case "link": #expect(symlink("/etc/passwd", log) == 0)
        case "fifo": #expect(mkfifo(log, 0o600) == 0)
        case "folder": #expect(mkdir(log, 0o700) == 0)
        case "device": #expect(symlink("/dev/zero", log) == 0)
        default: break
        }
        try await harness.withClient { client async throws in
            for accept in ["text/plain", "application/x-ndjson"] {
                let response = try await client.get(Self.path, headers: [.accept: accept])
                #expect(response.status == .ok)
                #expect(response.body.readableBytes == 0)
            }
            #expect(try await client.json(Self.path)["content"] == [])
            let followed = try await client.get("/api/v1/dags/hello/runs/r1/tasks/hi/logs?follow=true")
            #expect(followed.body.readableBytes == 0)
        }
    }

    @Test func aLinkedFolderOnTheWayIsNotEntered() async throws {
        let harness = try APIHarness()
        let log = try await finished(harness)
        let folder = (log as NSString).deletingLastPathComponent
        let elsewhere = harness.root + "/elsewhere"
        #expect(rename(folder, elsewhere) == 0)
        #expect(symlink(elsewhere, folder) == 0)
        try await harness.withClient { client async throws in
            let response = try await client.get(Self.path, headers: [.accept: "text/plain"])
            #expect(response.body.readableBytes == 0)
        }
    }

    @Test func whatWasNeverTriedHasNoLog() async throws {
        let harness = try APIHarness()
        _ = try await harness.finishedRun(of: "failing", runID: "f")
        try await harness.withClient { client async throws in
            let after = "/api/v2/dags/failing/dagRuns/f/taskInstances/after/logs/1"
            #expect(try await client.get(after).status == .notFound)
            #expect(
                try await client.get("/api/v2/dags/failing/dagRuns/f/taskInstances/bad/logs/2").status
                    == .notFound)
            #expect(
                try await client.get("/api/v2/dags/failing/dagRuns/f/taskInstances/none/logs/1").status
                    == .notFound)
        }
    }
}
