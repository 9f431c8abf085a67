import DAGDomain
import Foundation
import Logging
import StateStore
import Testing

@testable import SchedulerService

/// A host on a home and a DAG folder of its own, with the supervisor that was built beside the tests.
final class HostHarness: Sendable {
    let root: String
    var home: String { root + "/home" }
    var dagFolder: String { root + "/dags" }

    init() throws {
        root = NSTemporaryDirectory() + "orchestrator-service-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root + "/dags", withIntermediateDirectories: true)
    }

    deinit {
        if let folder = try? String(contentsOfFile: home + "/runtime-folder", encoding: .utf8) {
            try? FileManager.default.removeItem(atPath: folder)
        }
        try? FileManager.default.removeItem(atPath: root)
    }

    func write(_ name: String, _ text: String) throws {
        let path = dagFolder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Beside the test bundle, where the build puts it.
    static var shimPath: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("orchestrator-shim").path
    }

    /// - Parameter tracking: the way to an MLflow server of the person's own.
    func host(
        answersSchedules: Bool = true, tracking: (any TrackingTransport)? = nil
    ) throws -> ServiceHost {
        var settings = ServiceSettings(
            home: try OrchestratorHome(path: home), dagFolder: dagFolder, answersSchedules: answersSchedules,
            shimPath: Self.shimPath, environment: ["PATH": "/usr/bin:/bin"])
        settings.trackingElsewhere = tracking.map { _ in TrackingPlace(url: "http://mlflow:5000") }
        settings.trackingTransport = tracking
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try ServiceHost(settings: settings, logger: logger) { Issue.record("the host gave up: \($0)") }
    }
}

extension ControlPlane {
    /// The run once it has ended: told by the update stream, never by asking again and again.
    func finished(_ run: DAGRun) async throws -> DAGRun {
        let stream = updates.subscribe(dagID: run.dagID, runID: run.runID)
        if let stored = try store.run(run.number)?.run, stored.state.isFinished { return stored }
        for await case .run(let update) in stream where update.state.isFinished { return update }
        throw HarnessError.streamEnded
    }

    func states(of run: DAGRun) throws -> [String: TaskInstanceState] {
        let rows = try store.instances(of: run.number).rows
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.taskID.text, $0.instance.state) })
    }
}

enum HarnessError: Error {
    case streamEnded
}
