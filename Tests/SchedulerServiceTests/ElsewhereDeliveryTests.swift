import DAGDomain
import Dispatch
import StateStore
import Synchronization
import Testing

@testable import SchedulerService

/// What a registry elsewhere is told, and what becomes of it when that fails.
@Suite(.timeLimit(.minutes(5))) struct ElsewhereDeliveryTests {
    private let champion = "POST registered-models/alias"
    private let churn = ModelName("churn")

    private func makeVersion(_ plane: ControlPlane, _ model: ModelName) async throws {
        if (try? plane.registeredModel(model)) == nil { _ = try await plane.createModel(model, by: "ann") }
        let draft = ModelDraft(model: model, content: ModelContent(source: "s3://x"), alias: .champion)
        _ = try await plane.createModelVersion(draft, by: "ann")
    }

    private func settle(_ host: ServiceHost) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                host.settleNotices()
                continuation.resume()
            }
        }
    }

    @Test func aVersionWhoseAnswerWasLostIsMadeOnce() async throws {
        let harness = try HostHarness()
        let server = FakeMLflow()
        server.state.withLock { $0.losesAnswer = "model-versions/create" }
        let host = try harness.host(tracking: server)
        try host.start()
        try await makeVersion(host.controlPlane, churn)
        await server.waits(for: champion)
        await settle(host)
        let state = server.state.withLock { $0 }
        #expect(state.versions.count == 1 && state.aliases == ["churn@champion": "7"])
        #expect(state.versions.first?.tags["orchestrator.version"] == "1")
        let store = host.controlPlane.store
        #expect(
            try store.trackedNumbers(of: churn, at: "http://mlflow:5000") == [ModelVersionNumber(1): "7"])
        #expect(try store.trackingBacklog().steps == 0)
        _ = try await host.controlPlane.removeAlias(.champion, of: churn, by: "ann", reason: "")
        await settle(host)
        #expect(server.state.withLock { $0.aliases }.isEmpty)
        try host.stop()
    }

    @Test func anotherHostTellsWhatThisOneCouldNot() async throws {
        let harness = try HostHarness()
        let server = FakeMLflow()
        server.state.withLock { $0.isSilent = true }
        let host = try harness.host(tracking: server)
        try host.start()
        try await makeVersion(host.controlPlane, churn)
        try await makeVersion(host.controlPlane, churn)
        _ = try await host.controlPlane.renameModel(churn, to: ModelName("leavers"), by: "ann")
        await settle(host)
        let backlog = try host.controlPlane.store.trackingBacklog()
        #expect(backlog.steps == 6 && backlog.problem == "nobody there", "\(backlog)")
        try host.stop()
        server.state.withLock { $0.isSilent = false }
        let next = try harness.host(tracking: server)
        try next.start()
        await settle(next)
        let state = server.state.withLock { $0 }
        #expect(state.models == ["leavers"] && state.versions.count == 2)
        #expect(state.calls.first == "POST registered-models/rename")
        #expect(try next.controlPlane.store.trackingBacklog().steps == 0)
        #expect(state.aliases["leavers@champion"] == "8")
        try next.stop()
    }

    @Test func whatIsRefusedHoldsUpNoOtherModel() async throws {
        let harness = try HostHarness()
        let server = FakeMLflow()
        server.state.withLock { $0.refused = "bad" }
        let host = try harness.host(tracking: server)
        try host.start()
        try await makeVersion(host.controlPlane, ModelName("bad"))
        try await makeVersion(host.controlPlane, ModelName("good"))
        await server.waits(for: champion)
        await settle(host)
        let state = server.state.withLock { $0 }
        #expect(state.models == ["good"] && state.aliases == ["good@champion": "7"])
        let backlog = try host.controlPlane.store.trackingBacklog()
        #expect(backlog.steps == 3 && backlog.problem == "mlflow answered 400 (no)", "\(backlog)")
        try host.stop()
    }

    /// Without such a server nothing is noted.
    @Test func withoutAServerNothingIsNoted() async throws {
        let harness = try HostHarness()
        let host = try harness.host()
        try host.start()
        try await makeVersion(host.controlPlane, churn)
        #expect(try host.controlPlane.store.trackingBacklog().steps == 0)
        try host.stop()
    }
}
