import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

struct MappingTests {
    @Test func everyCombinationIsAnInstanceAndTheLastKeyChangesFastest() throws {
        let mapping = TaskMapping(
            .product([
                .init(name: "x", values: .literal([1, 2])), .init(name: "y", values: .literal(["a", "b"])),
            ]))
        var h = MachineHarness(try dag(("m", [], { $0.flow.mapping = mapping })))
        h.trigger("d")
        #expect(h.instance("m") == nil)
        let parameters = (0..<4).compactMap { h.mapped("m", $0)?.mappedParameters }
        #expect(
            parameters == [
                ["x": 1, "y": "a"], ["x": 1, "y": "b"], ["x": 2, "y": "a"], ["x": 2, "y": "b"],
            ])
    }

    @Test func anUpstreamListIsRunThroughAndReducedInOrder() throws {
        var h = MachineHarness(
            try dag(
                ("list", [], { _ in }),
                (
                    "m", ["list"],
                    {
                        $0.flow.mapping = TaskMapping(
                            .product([.init(name: "n", values: .output(task: TaskID("list"), name: "ns"))]))
                    }
                ),
                (
                    "again", ["m"],
                    {
                        $0.flow.mapping = TaskMapping(
                            .product([
                                .init(name: "square", values: .output(task: TaskID("m"), name: "square"))
                            ]))
                    }
                )))
        h.trigger("d")
        h.end("list", outputs: ["ns": [2, 3]])
        h.end("m", 1, outputs: ["square": 9])
        #expect(h.states("again") == [.pending])
        h.end("m", 0, outputs: ["square": 4])
        #expect((0..<2).map { h.mapped("again", $0)?.mappedParameters } == [["square": 4], ["square": 9]])
    }

    @Test func nothingToRunThroughIsOneSkippedInstance() throws {
        var h = MachineHarness(
            try dag(
                ("m", [], { $0.flow.mapping = .list("n") }), ("after", ["m"], { $0.triggerRule = .allDone })))
        h.trigger("d")
        #expect(h.states("m") == [.skipped] && h.instance("m")?.reason == .emptyExpansion)
        #expect(h.state("after") == .queued)
    }

    @Test func anOutputThatIsNoListFailsTheTaskWithItsName() throws {
        var h = MachineHarness(
            try dag(
                ("list", [], { _ in }),
                (
                    "m", ["list"],
                    {
                        $0.flow.mapping = TaskMapping(.rows(.output(task: TaskID("list"), name: "rows")))
                    }
                )))
        h.trigger("d")
        h.end("list", outputs: ["rows": [["a": 1], 2]])
        #expect(h.state("m") == .failed)
        #expect(h.instance("m")?.reason == .badExpression("element 1 of \"expand_kwargs\" is not an object"))
    }

    @Test func aMatrixLeavesOutAndAdds() throws {
        let mapping = TaskMapping(
            .matrix(
                [
                    .init(name: "os", values: .literal(["l", "w"])),
                    .init(name: "v", values: .literal([1, 2])),
                ], include: [["v": 2, "extra": true], ["os": "m", "v": 9]], exclude: [["os": "w", "v": 1]]))
        var h = MachineHarness(try dag(("m", [], { $0.flow.mapping = mapping })))
        h.trigger("d")
        #expect(
            (0..<4).compactMap { h.mapped("m", $0)?.mappedParameters } == [
                ["os": "l", "v": 1], ["os": "l", "v": 2, "extra": true], ["os": "w", "v": 2, "extra": true],
                ["os": "m", "v": 9],
            ])
    }

    @Test func onlySoManyInstancesRunAtOnce() throws {
        var h = MachineHarness(
            try dag(
                (
                    "m", [],
                    {
                        $0.flow.mapping = .list("n", 1, 2, 3)
                        $0.flow.maximumActivePerRun = 1
                    }
                )))
        h.trigger("d")
        #expect(h.states("m") == [.queued, .scheduled, .scheduled])
        let sentence = try #require(
            h.machine.explain(TaskInstanceKey(run: RunNumber(1), task: 0, mapIndex: 1))?.sentence)
        #expect(sentence.contains("1 of at most 1 of its instances are active in its run"))
        h.end("m", 0)
        #expect(h.states("m") == [.success, .queued, .scheduled])
    }

    @Test func oneFailureEndsTheOthers() throws {
        var h = MachineHarness(
            try dag(
                (
                    "m", [],
                    {
                        $0.flow.mapping = .list("n", 1, 2, 3)
                        $0.flow.failsFast = true
                        $0.flow.maximumActivePerRun = 2
                    }
                )))
        h.trigger("d")
        h.end("m", 0, as: .exited(1))
        #expect(h.states("m") == [.failed, .queued, .cancelled])
        h.end("m", 1, as: .terminated)
        #expect(h.states("m") == [.failed, .cancelled, .cancelled] && h.runState() == .failed)
    }

    @Test func theInstancesOfAGroupFollowOneAnotherByIndex() throws {
        let group = TaskGroup(id: TaskID("g"), tasks: [0, 1], mapping: .list("n", 1, 2))
        var h = MachineHarness(
            try dag(("a", [], { _ in }), ("b", ["a"], { _ in }), ("end", ["b"], { _ in }), groups: [group]))
        h.trigger("d")
        #expect(h.states("a") == [.queued, .queued] && h.states("b") == [.pending, .pending])
        h.end("a", 1)
        #expect(h.states("b") == [.pending, .queued])
        h.end("b", 1)
        h.end("a", 0, as: .exited(1))
        #expect(h.states("b") == [.upstreamFailed, .success] && h.state("end") == .upstreamFailed)
    }

    /// In a mapped group a condition sees the params and the outputs of its own index.
    @Test func aConditionInAGroupIsJudgedForEachIndex() throws {
        let group = TaskGroup(id: TaskID("g"), tasks: [0, 1], mapping: .list("n", 1, 2, 3))
        let first = Condition(
            text: "params.n > 1", expression: .comparison(.greater, .parameter("n"), .literal(1)))
        let second = Condition(
            text: "outputs.a.rows > 5",
            expression: .comparison(
                .greater, .output(task: TaskID("a"), name: "rows"), .literal(5)))
        var h = MachineHarness(
            try dag(
                ("a", [], { $0.flow.condition = first }),
                (
                    "b", ["a"],
                    {
                        $0.flow.condition = second
                        $0.triggerRule = .noneFailed
                    }
                ), ("end", ["b"], { $0.triggerRule = .noneFailed }), groups: [group]))
        h.trigger("d")
        #expect(h.states("a") == [.skipped, .queued, .queued])
        #expect(h.mapped("a", 0)?.reason == .conditionFalse("params.n > 1"))
        #expect(
            h.states("b") == [.skipped, .pending, .pending], "without an output there is nothing above 5")
        h.end("a", 2, outputs: ["rows": 9])
        h.end("a", 1, outputs: ["rows": 4])
        #expect(h.states("b") == [.skipped, .skipped, .queued])
        h.end("b", 2)
        #expect(h.state("end") == .queued)
        #expect(h.machine.anomalies(at: h.now).isEmpty)
    }

    @Test func aWideTaskMakesItsInstancesAsItGoes() throws {
        let values = (0..<2_500).map { JSONValue.integer(Int64($0)) }
        var h = MachineHarness(
            try dag(
                (
                    "m", [],
                    {
                        $0.flow.mapping = TaskMapping(.product([.init(name: "n", values: .literal(values))]))
                    }
                ), ("end", ["m"], { _ in })), parallelism: 10_000)
        h.send(.poolChanged(Pool(name: .defaultPool, slots: 10_000)))
        h.trigger("d")
        // The run's limit keeps most of them from starting, so there is no need for more.
        #expect(h.states("m").count == 1_000)
        for index in 0..<2_500 { h.end("m", index) }
        #expect(h.states("m").count == 2_500 && h.states("m").allSatisfy { $0 == .success })
        #expect(h.state("end") == .queued)
    }

    @Test func aCancelledWideTaskIsCompleteInTheRecord() throws {
        let values = (0..<1_500).map { JSONValue.integer(Int64($0)) }
        var h = MachineHarness(
            try dag(
                (
                    "m", [],
                    {
                        $0.flow.mapping = TaskMapping(.product([.init(name: "n", values: .literal(values))]))
                    }
                )))
        h.trigger("d")
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        #expect(h.states("m").count == 1_500)
    }

    @Test func clearingOneInstanceLeavesTheOthers() throws {
        var h = MachineHarness(
            try dag(("m", [], { $0.flow.mapping = .list("n", 1, 2) }), ("other", [], { _ in })))
        h.trigger("d")
        h.end("m", 0)
        h.end("m", 1, as: .exited(1))
        h.send(.instancesCleared(RunNumber(1), [InstancePlace(task: 0, mapIndex: 1)], by: "ann"))
        #expect(h.states("m") == [.success, .queued])
    }
}
