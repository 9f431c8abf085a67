import APITypes
import DAGDomain
import Foundation
import Glibc
import JSONText
import SchedulerService
import Synchronization
import Testing

@testable import HTTPAPI

/// What is sent while it happens: logs, updates, the states of a run.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StreamTests {
    /// The pieces of a streamed answer as they come.
    private func open(_ harness: APIHarness, _ target: String) -> (Task<Int, any Error>, AsyncStream<String>)
    {
        let (pieces, piece) = AsyncStream.makeStream(of: String.self)
        let local = harness.local
        let task = Task {
            defer { piece.finish() }
            return try await local.stream(method: "GET", target: target) {
                piece.yield(String(decoding: $0, as: UTF8.self))
            }
        }
        return (task, pieces)
    }

    /// Lets the task of the DAG `waiting` go on.
    private func release(_ harness: APIHarness) {
        let descriptor = Glibc.open(harness.dagFolder + "/gate.fifo", O_WRONLY)
        #expect(descriptor >= 0)
        close(descriptor)
    }

    private func waitingRun(_ harness: APIHarness) async throws -> DAGRun {
        #expect(mkfifo(harness.dagFolder + "/gate.fifo", 0o600) == 0)
        return try await harness.controlPlane.trigger(
            TriggerRequest(dagID: DAGID("waiting"), runID: RunID("w"), trigger: .restAPI))
    }

    @Test func aLogIsFollowedToItsEnd() async throws {
        let harness = try APIHarness()
        _ = try await waitingRun(harness)
        let (task, pieces) = open(harness, "/api/v1/dags/waiting/runs/w/tasks/block/logs?follow=true")
        var text = ""
        for await piece in pieces {
            text += piece
            if text == "first\n" { release(harness) }
        }
        #expect(text == "first\nlast\n")
        #expect(try await task.value == 200)
    }

    @Test func aTaskThatNeverStartsEndsItsFollowers() async throws {
        let harness = try APIHarness()
        let run = try await waitingRun(harness)
        let (task, pieces) = open(harness, "/api/v1/dags/waiting/runs/w/tasks/after/logs?follow=true")
        _ = try await harness.controlPlane.cancel(dagID: run.dagID, runID: run.runID, by: "test")
        for await _ in pieces { Issue.record("there is nothing to say") }
        // It ends either way: with nothing, or told that there never was an attempt.
        _ = await task.result
    }

    @Test func updatesAreDelivered() async throws {
        let harness = try APIHarness()
        let (task, pieces) = open(harness, "/api/v1/events?dag_id=hello")
        var run: DAGRun?
        var states: [String] = []
        var text = ""
        reading: for await piece in pieces {
            if run == nil {
                // Only after the greeting is the stream complete.
                #expect(piece.hasPrefix(": connected"))
                _ = try await harness.finishedRun(of: "failing")
                run = try await harness.controlPlane.trigger(
                    TriggerRequest(dagID: DAGID("hello"), runID: RunID("e"), trigger: .restAPI))
                continue
            }
            text += piece
            for line in piece.split(separator: "\n") where line.hasPrefix("data: ") {
                let event = try JSONDecoder().decode(V1.Event.self, from: Data(line.dropFirst(6).utf8))
                #expect(event.dagID == "hello")
                if let instance = event.taskInstance { states.append("\(instance.taskID) \(instance.state)") }
                if event.run?.state == "success" { break reading }
            }
        }
        task.cancel()
        #expect(text.contains("event: run\n"))
        #expect(states.contains("hi success"))
        #expect(states.last == "then success")
    }

    @Test func waitTellsEveryStateAndTheResults() async throws {
        let harness = try APIHarness()
        _ = try await waitingRun(harness)
        let (task, pieces) = open(harness, "/api/v2/dags/waiting/dagRuns/w/wait?interval=1&result=block")
        var lines: [JSONValue] = []
        for await piece in pieces {
            lines += try piece.split(separator: "\n").map { try JSONValue.parse(String($0)) }
            if lines.count == 1 { release(harness) }
        }
        #expect(try await task.value == 200)
        #expect(lines.first?["state"] == "running")
        #expect(lines.last?["state"] == "success")
        #expect(lines.last?["results"] == ["block": [:]])
    }

    @Test func waitOfAFinishedRunIsOneLine() async throws {
        let harness = try APIHarness()
        _ = try await harness.finishedRun(of: "hello", runID: "r1")
        let target = "/api/v2/dags/hello/dagRuns/r1/wait?interval=1&result=hi"
        let reply = try await harness.local.respond(method: "GET", target: target)
        let line = try JSONValue.parse(bytes: reply.body)
        #expect(line == ["state": "success", "results": ["hi": ["answer": 42]]])
        #expect(
            try await harness.local.respond(method: "GET", target: "/api/v2/dags/hello/dagRuns/r1/wait")
                .status == 422)
    }
}
