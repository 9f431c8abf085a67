import DAGDomain
import Foundation
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import NIOCore
import SchedulerService
import StateStore
import Testing

@testable import HTTPAPI

/// A real scheduler on a home and DAG folder of its own, with the API's router in front of it.
///
/// Each has an inotify instance, of which a user has 128 (inotify(7)): the suites run one test at a time.
final class APIHarness: Sendable {
    static let token = "a-token-of-more-than-thirty-two-bytes"

    let root: String
    let host: ServiceHost
    var home: String { root + "/home" }
    var dagFolder: String { root + "/dags" }
    var controlPlane: ControlPlane { host.controlPlane }

    /// - Parameter files: DAG files by name.
    init(_ files: [String: String] = DAGFiles.all) throws {
        root = NSTemporaryDirectory() + "orchestrator-api-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root + "/dags", withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/dags/" + name))
        }
        let settings = ServiceSettings(
            home: try OrchestratorHome(path: root + "/home"), dagFolder: root + "/dags",
            shimPath: Self.shimPath, environment: ["PATH": "/usr/bin:/bin"])
        host = try ServiceHost(settings: settings, logger: Self.logger) {
            Issue.record("the host gave up: \($0)")
        }
        try host.start()
    }

    deinit {
        do { try host.stop() } catch { Issue.record("the host did not stop cleanly: \(error)") }
        if let folder = try? String(contentsOfFile: home + "/runtime-folder", encoding: .utf8) {
            try? FileManager.default.removeItem(atPath: folder)
        }
        try? FileManager.default.removeItem(atPath: root)
    }

    static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private static var shimPath: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("orchestrator-shim").path
    }

    var router: Router<APIContext> {
        APIRouter.make(
            controlPlane: controlPlane,
            policy: GatePolicy(token: AccessToken(Self.token), hosts: APIConfiguration.loopbackNames),
            identity: ServerIdentity(programVersion: "0", startedAt: WallClock.now()))
    }

    var local: LocalAPI {
        LocalAPI(controlPlane: controlPlane, programVersion: "0", logger: Self.logger)
    }

    /// Sends requests as the server for `origin` would.
    func withClient(
        _ origin: RequestOrigin = .unixSocket,
        _ body: (RouterClient) async throws -> Void
    ) async throws {
        let responder = OriginResponder(origin: origin, base: router.buildResponder())
        try await body(RouterClient(responder: responder, logger: Self.logger))
    }

    /// A run that has ended.
    func finishedRun(of dagID: String, runID: String? = nil) async throws -> DAGRun {
        let run = try await controlPlane.trigger(
            TriggerRequest(dagID: DAGID(dagID), runID: runID.map { RunID($0) }, trigger: .restAPI))
        return try await end(of: run)
    }

    func end(of run: DAGRun) async throws -> DAGRun {
        let stream = controlPlane.updates.subscribe(dagID: run.dagID, runID: run.runID)
        if let stored = try controlPlane.store.run(run.number)?.run, stored.state.isFinished { return stored }
        for await case .run(let update) in stream where update.state.isFinished { return update }
        throw StreamEnded()
    }

    struct StreamEnded: Error {}
}

/// The DAGs of these tests.
enum DAGFiles {
    static let all = [
        "hello.json": hello, "waiting.json": waiting, "failing.json": failing, "broken.json": broken,
        "nightly.json": nightly,
    ]

    static let hello = """
        { "dag_id": "hello", "description": "says hello", "owner": "ann", "tags": ["demo"],
          "params": { "n": { "type": "integer", "default": 1 } },
          "tasks": [
            { "task_id": "hi", "type": "evaluate",
              "command": "echo hello; echo answer=42 >> $ORCHESTRATOR_OUTPUT; echo auc=0.9 >> $ORCHESTRATOR_METRICS",
              "gate": [ { "metric": "auc", "min": 0.8 } ] },
            { "task_id": "then", "command": ["/bin/echo", "done"], "depends_on": ["hi"] } ] }
        """

    /// Says `first`, waits for its FIFO, says `last`.
    static let waiting = """
        { "dag_id": "waiting", "tasks": [
            { "task_id": "block", "command": "echo first; cat gate.fifo; echo last" },
            { "task_id": "after", "command": "true", "depends_on": ["block"] } ] }
        """

    static let failing = """
        { "dag_id": "failing", "tasks": [
            { "task_id": "bad", "command": "exit 3" },
            { "task_id": "after", "command": "true", "depends_on": ["bad"] } ] }
        """

    /// Its schedule begins long after these tests.
    static let nightly = """
        { "dag_id": "nightly", "schedule": "0 3 * * *", "start_date": "2090-01-01", "timezone": "Europe/Berlin",
          "tasks": [ { "task_id": "a", "command": "true" } ] }
        """

    static let broken = """
        { "dag_id": "broken", "tasks": [ { "task_id": "a", "comand": "true" } ] }
        """
}

extension RouterClient.Answer {
    /// The body as JSON.
    func json() throws -> JSONValue {
        try JSONValue.parse(bytes: Array(body.readableBytesView))
    }
}

extension RouterClient {
    func send(
        _ method: HTTPRequest.Method, _ target: String, _ json: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await execute(target, method, headers, json.map { ByteBuffer(string: $0) })
    }

    func get(_ target: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, target, headers: headers)
    }

    /// The body of a successful answer.
    func json(_ target: String) async throws -> JSONValue {
        let response = try await get(target)
        #expect(response.status == .ok, "\(target): \(String(buffer: response.body))")
        return try response.json()
    }
}
