import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

struct ControlFlowTests {
    private func branching() throws -> DAG {
        try dag(
            ("pick", [], { $0.role = .branch }), ("a", ["pick"], { _ in }), ("b", ["pick"], { _ in }),
            ("join", ["pick", "a", "b"], { $0.triggerRule = .noneFailedMinOneSuccess }))
    }

    @Test func aBranchFollowsWhatItChoseAndSkipsTheRest() throws {
        var h = MachineHarness(try branching())
        h.trigger("d")
        h.end("pick", outputs: ["branch": "a"])
        #expect(h.state("b") == .skipped)
        #expect(h.instance("b")?.reason == .skippedBy(task: 0, .branch))
        h.end("a")
        // Downstream of the branch itself, but also of what it chose.
        h.end("join")
        #expect(h.states("join") == [.success])
        #expect(h.runState() == .success)
    }

    @Test(
        arguments: [
            (["branch": "join2"], "the branch chose \"join2\", which is not directly downstream of it"),
            (["branch": 3], "the output \"branch\" must be a task id or a list of them, found 3"),
            ([:], "a branch must write the output \"branch\": the ids of the tasks to follow"),
        ] as [([String: JSONValue], String)])
    func aBranchThatChoosesNonsenseFails(outputs: [String: JSONValue], text: String) throws {
        var h = MachineHarness(try branching())
        h.trigger("d")
        h.end("pick", outputs: outputs)
        #expect(h.instance("pick")?.reason == .badReport(text))
        #expect(h.state("a") == .upstreamFailed)
    }

    @Test func whatABranchDidNotChooseStaysSkippedWhenItIsClearedAlone() throws {
        var h = MachineHarness(try branching())
        h.trigger("d")
        h.end("pick", outputs: ["branch": ["a"]])
        h.send(.instancesCleared(RunNumber(1), [2], by: "ann"))
        #expect(h.instance("b")?.reason == .skippedBy(task: 0, .branch))
    }

    @Test func aShortCircuitSkipsEverythingBelowWhateverTheRule() throws {
        var h = MachineHarness(
            try dag(
                ("check", [], { $0.role = .shortCircuit }), ("a", ["check"], { _ in }),
                ("b", ["a"], { $0.triggerRule = .allDone })))
        h.trigger("d")
        h.end("check", outputs: ["continue": false])
        #expect(h.state("a") == .skipped && h.state("b") == .skipped)
        #expect(h.runState() == .success)
    }

    @Test(arguments: [
        (EdgeCondition.failure, AttemptOutcome.exited(1), TaskInstanceState.success),
        (.failure, .exited(0), .skipped), (.done, .exited(1), .success), (.skipped, .exited(99), .success),
        (.skipped, .exited(0), .skipped), (.success, .exited(1), .upstreamFailed),
    ])
    func anEdgeWithAConditionDecides(edge: EdgeCondition, end: AttemptOutcome, expected: TaskInstanceState)
        throws
    {
        var h = MachineHarness(
            try dag(("a", [], { _ in }), ("b", ["a"], { $0.flow.edgeConditions[TaskID("a")] = edge })))
        h.trigger("d")
        h.end("a", as: end)
        h.end("b")
        #expect(h.state("b") == expected)
    }

    @Test func aConditionOverAnOutputDecidesAndItsTextIsTheReason() throws {
        let expression = ConditionExpression.comparison(
            .greater, .output(task: TaskID("a"), name: "rows"), .literal(10))
        var h = MachineHarness(
            try dag(
                ("a", [], { _ in }),
                (
                    "b", ["a"],
                    { $0.flow.condition = Condition(text: "outputs.a.rows > 10", expression: expression) }
                )))
        h.trigger("d")
        h.end("a", outputs: ["rows": 3])
        #expect(h.instance("b")?.reason == .conditionFalse("outputs.a.rows > 10"))
        h.trigger("d", runID: "second")
        h.end("a", run: 2, outputs: ["rows": "many"])
        #expect(h.state("b", 2) == .failed)
    }

    @Test func aTeardownRunsAfterAFailureAndDoesNotHideIt() throws {
        let dag = try dag(
            ("up", [], { $0.flow.isSetup = true }), ("work", ["up"], { _ in }),
            ("late", ["work"], { $0.triggerRule = .allDone }),
            ("down", ["up", "late"], { $0.flow.isTeardown = true }))
        var h = MachineHarness(dag)
        h.trigger("d")
        h.end("up")
        h.end("work", as: .exited(1))
        h.end("late", as: .exited(1))
        h.end("down")
        #expect(h.state("down") == .success && h.runState() == .failed)
        h.trigger("d", runID: "second")
        h.end("up", run: 2, as: .exited(1))
        #expect(h.instance("late", 2)?.reason == .setup(task: 0, .failed))
        #expect(h.state("down", 2) == .upstreamFailed)
    }

    @Test func aCancelledRunIsStillTornDown() throws {
        var h = MachineHarness(
            try dag(
                ("up", [], { $0.flow.isSetup = true }), ("work", ["up"], { _ in }),
                ("down", ["up", "work"], { $0.flow.isTeardown = true })))
        h.trigger("d")
        h.end("up")
        h.start("work")
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        h.finish("work", 1, .terminated)
        #expect(h.state("work") == .cancelled && h.state("down") == .queued)
        h.end("down")
        #expect(h.runState() == .cancelled)
    }

    @Test func aTaskWaitsForItsLikeInTheRunBefore() throws {
        let dag = try dag(("a", [], { $0.flow.dependsOnPast = true }))
        var h = MachineHarness(dag)
        h.send(
            .runRequested(RunRequest(dagID: DAGID("d"), trigger: .commandLine, logicalDate: h.now)))
        #expect(h.actions.last == .findPreviousRun(RunNumber(1), DAGID("d"), before: h.now))
        #expect(h.state("a") == .pending)
        h.send(.previousRunFound(RunNumber(1), nil))
        h.end("a", as: .exited(1))
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), trigger: .commandLine, logicalDate: h.now + .seconds(60))))
        let previous = PreviousRun(
            run: try #require(h.runs[RunNumber(1)]), dag: dag, instances: [try #require(h.instance("a"))])
        h.send(.previousRunFound(RunNumber(2), previous))
        #expect(h.state("a", 2) == .pending && h.runState(2) == .running)
        let sentence = try #require(h.machine.explain(h.key("a", 2))?.sentence)
        #expect(sentence.contains("manual__2026-01-01T00:00:00+00:00"))
        let (run, instance) = (try #require(h.runs[RunNumber(1)]), try #require(h.instance("a")))
        h.send(
            .runRestored(run, dag, [instance], outputs: [:]),
            .instancesMarked(RunNumber(1), [0], as: .success, by: "ann"))
        #expect(h.state("a", 2) == .queued)
    }
}
