import DAGDomain
import Foundation
import Glibc
import Logging
import SchedulerService
import ServiceLifecycle
import Testing

@testable import HTTPAPI

/// The two real servers: who may come in by which, what they refuse to swallow, and how they stop.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ServerTests {
    private struct Running: Sendable {
        let socket: RawConnection.Address
        let network: RawConnection.Address
        let socketPath: String
    }

    /// Serves while `body` runs, then stops the servers.
    private func serving(
        _ harness: APIHarness, _ body: @Sendable (Running) async throws -> Void
    ) async throws {
        let (urls, url) = AsyncStream.makeStream(of: String.self)
        let path = harness.home + "/api.sock"
        let server = try APIServer(
            controlPlane: harness.controlPlane,
            configuration: APIConfiguration(
                port: 0, socketPath: path, token: AccessToken(APIHarness.token), programVersion: "0"),
            logger: APIHarness.logger, onReady: { url.yield($0) })
        let task = Task {
            defer { url.finish() }
            try await server.run()
        }
        let ready = await urls.first { _ in true }
        let port = try #require(ready.flatMap { URL(string: $0)?.port }.flatMap { UInt16(exactly: $0) })
        try await body(Running(socket: .socket(path), network: .port(port), socketPath: path))
        task.cancel()
        _ = await task.result
        #expect(access(path, F_OK) != 0)
    }

    /// Streams have no end of their own: stopping must end them, or the daemon would never stop.
    @Test func stoppingEndsOpenStreams() async throws {
        let harness = try APIHarness()
        #expect(mkfifo(harness.dagFolder + "/gate.fifo", 0o600) == 0)
        let run = try await harness.controlPlane.trigger(
            TriggerRequest(dagID: DAGID("waiting"), runID: RunID("w"), trigger: .restAPI))
        let (urls, url) = AsyncStream.makeStream(of: String.self)
        let path = harness.home + "/api.sock"
        let server = try APIServer(
            controlPlane: harness.controlPlane,
            configuration: APIConfiguration(
                port: 0, socketPath: path, token: AccessToken(APIHarness.token), programVersion: "0"),
            logger: APIHarness.logger, onReady: { url.yield($0) })
        let group = ServiceGroup(services: [server], logger: APIHarness.logger)
        try await withThrowingTaskGroup(of: String.self) { tasks in
            tasks.addTask {
                try await group.run()
                return ""
            }
            _ = await urls.first { _ in true }
            let targets = [
                "/api/v1/events", "/api/v1/dags/waiting/runs/w/tasks/block/logs?follow=true",
                "/api/v2/dags/waiting/dagRuns/w/wait?interval=1",
            ]
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            for target in targets {
                tasks.addTask {
                    let text = "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n"
                    return await RawConnection.exchange(.socket(path), [Array(text.utf8)]) { start.yield() }
                }
            }
            // Each has had its first piece: all three are waiting for more.
            var waiting = 0
            for await _ in starts {
                waiting += 1
                if waiting == targets.count { break }
            }
            await group.triggerGracefulShutdown()
            for try await answer in tasks where !answer.isEmpty { #expect(answer.hasPrefix("HTTP/1.1 200")) }
        }
        _ = try await harness.controlPlane.cancel(dagID: run.dagID, runID: run.runID, by: "test")
        _ = try await harness.end(of: run)
    }

    private func ask(_ address: RawConnection.Address, _ lines: String...) async -> String {
        let text = lines.joined(separator: "\r\n") + "\r\nConnection: close\r\n\r\n"
        return await RawConnection.exchange(address, [Array(text.utf8)])
    }

    @Test func theSocketIsTrustedAndTheNetworkIsNot() async throws {
        let harness = try APIHarness([:])
        try await serving(harness) { running async throws in
            let mode =
                try FileManager.default.attributesOfItem(atPath: running.socketPath)[.posixPermissions]
                as? Int
            #expect(mode == 0o600)
            let get = "GET /api/v1/status HTTP/1.1"
            #expect(await ask(running.socket, get, "Host: x").hasPrefix("HTTP/1.1 200"))
            #expect(await ask(running.network, get, "Host: localhost").hasPrefix("HTTP/1.1 401"))
            let token = "Authorization: Bearer \(APIHarness.token)"
            #expect(await ask(running.network, get, "Host: localhost", token).hasPrefix("HTTP/1.1 200"))
            #expect(await ask(running.network, get, "Host: evil.com", token).hasPrefix("HTTP/1.1 421"))
            #expect(
                await ask(running.network, "GET /healthz HTTP/1.1", "Host: evil.com").hasPrefix(
                    "HTTP/1.1 421"))
            #expect(
                await ask(running.network, "GET /healthz HTTP/1.1", "Host: localhost").hasPrefix(
                    "HTTP/1.1 200"))
        }
    }

    @Test func aBodyThatIsTooLargeIsCutOff() async throws {
        let harness = try APIHarness()
        try await serving(harness) { running async throws in
            let head =
                "POST /api/v2/dags/hello/dagRuns HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            let announced = Array((head + "Content-Length: 10000000000\r\n\r\n").utf8)
            #expect(await RawConnection.exchange(running.socket, [announced]).hasPrefix("HTTP/1.1 413"))
            // Endless: the server must close, or this would never return.
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 32, count: 65536) + Array("\r\n".utf8)
            let endless =
                [Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)]
                + Array(repeating: chunk, count: 400)
            let answer = await RawConnection.exchange(running.socket, endless)
            #expect(answer.hasPrefix("HTTP/1.1 413") || answer.isEmpty)
            let refused = await RawConnection.exchange(running.network, endless)
            #expect(refused.hasPrefix("HTTP/1.1 401") || refused.isEmpty)
            #expect(await ask(running.socket, "GET /healthz HTTP/1.1", "Host: x").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET /\u{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", "nonsense\r\n\r\n",
    ])
    func ambiguousFramingEndsTheConnection(text: String) async throws {
        let harness = try APIHarness([:])
        try await serving(harness) { running async throws in
            let answer = await RawConnection.exchange(running.socket, [Array(text.utf8)])
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(80))")
        }
    }

    @Test func headersHaveALimit() async throws {
        let harness = try APIHarness([:])
        try await serving(harness) { running async throws in
            let long = "X-Long: " + String(repeating: "a", count: 200_000)
            let answer = await ask(running.socket, "GET /healthz HTTP/1.1", "Host: x", long)
            #expect(!answer.hasPrefix("HTTP/1.1 200"))
            let target = "GET /healthz?" + String(repeating: "a", count: 20_000) + " HTTP/1.1"
            #expect(await ask(running.socket, target, "Host: x").hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func anOldSocketIsReplacedAndAnythingElseIsNot() async throws {
        let harness = try APIHarness([:])
        let path = harness.home + "/api.sock"
        let old = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(old, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(old)
        try await serving(harness) { running async throws in
            #expect(await ask(running.socket, "GET /healthz HTTP/1.1", "Host: x").hasPrefix("HTTP/1.1 200"))
        }
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
        let server = try APIServer(
            controlPlane: harness.controlPlane,
            configuration: APIConfiguration(
                port: 0, socketPath: path, token: AccessToken(APIHarness.token), programVersion: "0"),
            logger: APIHarness.logger, onReady: { _ in Issue.record("it must not serve") })
        await #expect(throws: APIServer.Failure.socketPathTaken(path)) { try await server.run() }
        #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
    }

    @Test func beyondThisMachineMustBeAllowed() throws {
        let harness = try APIHarness([:])
        var configuration = APIConfiguration(
            host: "0.0.0.0", port: 0, socketPath: harness.home + "/api.sock",
            token: AccessToken(APIHarness.token),
            programVersion: "0")
        #expect(throws: APIServer.Failure.notLoopback(host: "0.0.0.0")) {
            try APIServer(
                controlPlane: harness.controlPlane, configuration: configuration, logger: APIHarness.logger
            ) { _ in }
        }
        configuration.host = "127.0.0.1"
        configuration.socketPath = "/" + String(repeating: "a", count: 107)
        #expect(throws: APIServer.Failure.socketPathTooLong(configuration.socketPath)) {
            try APIServer(
                controlPlane: harness.controlPlane, configuration: configuration, logger: APIHarness.logger
            ) { _ in }
        }
    }
}
