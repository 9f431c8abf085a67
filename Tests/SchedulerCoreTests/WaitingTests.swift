import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

struct WaitingTests {
    private func waiting(_ wait: Wait, role: TaskRole = .sensor) throws -> MachineHarness {
        var h = MachineHarness(
            try dag(
                (
                    "w", [],
                    {
                        $0.role = role
                        $0.flow.wait = wait
                    }
                ), ("next", ["w"], { _ in })))
        h.trigger("d")
        return h
    }

    @Test func whoWaitsHoldsNoSlotAndIsWatchedUntilItIsOver() throws {
        var h = try waiting(Wait(.file(path: TemplateText(literal: "/x"))))
        #expect(h.state("w") == .deferred && h.activeTasks == [])
        #expect(h.actions.contains(.await(h.key("w"), tryNumber: 1)))
        h.send(.waitEnded(h.key("w"), tryNumber: 7, .met(outputs: [])))
        #expect(h.state("w") == .deferred)
        h.send(.waitEnded(h.key("w"), tryNumber: 1, .met(outputs: [])))
        #expect(h.state("w") == .success && h.state("next") == .queued)
        #expect(h.actions.contains(.stopAwaiting(h.key("w"))))
    }

    @Test func anInstantIsATimerAndNothingElse() throws {
        var h = try waiting(Wait(.instant(.after(.seconds(30)))))
        #expect(h.machine.nextWake() == h.now + .seconds(30))
        h.advance(29)
        #expect(h.state("w") == .deferred)
        h.advance(1)
        #expect(h.state("w") == .success)
    }

    @Test(arguments: [(true, TaskInstanceState.skipped), (false, .failed)])
    func aWaitThatLastsTooLongEnds(isSoft: Bool, expected: TaskInstanceState) throws {
        var h = try waiting(
            Wait(.file(path: TemplateText(literal: "/x")), timeout: .seconds(60), isSoftFail: isSoft))
        h.advance(60)
        #expect(h.state("w") == expected && h.instance("w")?.reason == .waitTimeout(.seconds(60)))
    }

    @Test func aCommandThatFindsNothingIsAskedAgainInTheSameTry() throws {
        var h = try waiting(Wait(.poke, timeout: .seconds(100), pokeInterval: .seconds(40)))
        h.end("w", as: .exited(1))
        #expect(h.state("w") == .deferred && h.activeTasks == [])
        h.advance(40)
        #expect(h.state("w") == .queued && h.instance("w")?.tryNumber == 1)
        h.end("w", as: .exited(1))
        h.advance(40)
        h.end("w")
        #expect(h.state("w") == .success && h.instance("w")?.tryNumber == 1)
    }

    @Test func whatWasRejectedSkipsOrFails() throws {
        for (effect, own, next) in [
            (Approval.RejectionEffect.skip, TaskInstanceState.success, TaskInstanceState.skipped),
            (.fail, .failed, .upstreamFailed),
        ] {
            var h = try waiting(Wait(.approval(Approval(subject: "?", onRejection: effect))), role: .approval)
            h.send(.waitEnded(h.key("w"), tryNumber: 1, .rejected(by: "ann", outputs: [])))
            #expect(h.state("w") == own && h.state("next") == next)
        }
    }

    @Test func nobodyAnsweredSoTheDefaultDoes() throws {
        let approval = Approval(subject: "?", fallback: .reject)
        var h = try waiting(Wait(.approval(approval), timeout: .seconds(60)), role: .approval)
        h.advance(60)
        #expect(h.instance("w")?.reason == .waitEnded("rejected by the timeout"))
        #expect(h.state("next") == .skipped)
    }

    @Test func aParentWaitsForItsRunAndEndsAsItDoes() throws {
        let child = try DAG(
            id: DAGID("c"), version: DAGVersionHash("1"), path: "/c.json", folder: "/",
            settings: DAGSettings(),
            tasks: [TaskDefinition(id: TaskID("x"), action: .shell("true"))])
        var h = MachineHarness(
            try dag(
                (
                    "p", [],
                    {
                        $0.role = .triggerDAG
                        $0.action = .triggerDAG(TriggerDAGAction(dagID: DAGID("c"), waitsForRun: true))
                    }
                )), child)
        h.trigger("d")
        let parent = h.key("p")
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("c"), runID: RunID("child"), trigger: .task, parent: parent)))
        h.end("p", outputs: [TriggerDAGAction.runIDOutput: "child"])
        #expect(h.state("p") == .deferred)
        h.end("x", run: 2, as: .exited(1))
        #expect(h.runState(2) == .failed && h.state("p") == .failed)

        h.trigger("d", runID: "second")
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("c"), runID: RunID("child2"), trigger: .task, parent: h.key("p", 3))))
        h.end("p", run: 3, outputs: [TriggerDAGAction.runIDOutput: "child2"])
        h.send(.runCancelled(RunNumber(3), by: "ann"))
        #expect(
            h.state("p", 3) == .cancelled && h.instance("x", 4)?.reason == .byUser("cancelled by its parent"))
    }
}
