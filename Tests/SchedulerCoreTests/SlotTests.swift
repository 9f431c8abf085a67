import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct SlotTests {
    private func pool(_ name: String, _ slots: Int) -> SchedulerEvent {
        .poolChanged(Pool(name: PoolName(name), slots: slots))
    }

    @Test func prioritiesAreSumsOverEveryTaskOnce() {
        let names = ["a", "b", "c", "d"]
        let diamond = ["b": ["a"], "c": ["a"], "d": ["b", "c"]]
        func priorities(_ rule: WeightRule) -> [Int32] {
            PriorityOrder.priorities(
                of: DAG("d", order: names, upstream: diamond) {
                    $0.weightRule = rule; $0.priorityWeight = 10
                })
        }
        #expect(priorities(.downstream) == [40, 20, 20, 10])
        #expect(priorities(.upstream) == [10, 20, 20, 40])
        #expect(priorities(.absolute) == [10, 10, 10, 10])
    }

    @Test func priorityAgreesWithAPlainWalkOnRandomGraphs() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let count = generator.number(1...700)
            var tasks: [TaskDefinition] = []
            for index in 0..<count {
                var task = TaskDefinition(id: TaskID("t\(index)"))
                let sources = Set(
                    (0..<generator.number(0...3)).map { _ in generator.number(0...max(0, index - 1)) })
                task.dependsOn = index == 0 ? [] : sources.sorted().map { TaskID("t\($0)") }
                task.priorityWeight = generator.pick([1, 1, 3, -2, 50])
                tasks.append(task)
            }
            let dag = DAG("d", tasks: tasks)
            let priorities = PriorityOrder.priorities(of: dag)
            for index in 0..<count {
                let sum = dag.graph.downstreamClosure(of: [index]).map { tasks[$0].priorityWeight }.reduce(
                    0, +)
                #expect(Int(priorities[index]) == sum)
            }
        }
    }

    @Test func prioritySaturatesAt32Bits() {
        let dag = DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]) { $0.priorityWeight = 2_000_000_000 }
        #expect(PriorityOrder.priorities(of: dag) == [Int32.max, 2_000_000_000])
    }

    @Test func theHighestPriorityStartsFirstThenTheOlderRunThenFileOrder() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c"]) { if $0.id == TaskID("b") { $0.priorityWeight = 9 } },
            parallelism: 1)
        h.trigger("d")
        h.trigger("d")
        var order: [String] = []
        for _ in 0..<6 {
            guard let key = h.instances.values.first(where: { $0.state == .queued })?.key else { break }
            let task = ["a", "b", "c"][key.task]
            order.append("\(task)\(key.run.value)")
            h.finish(task, key.run.value)
        }
        #expect(order == ["b1", "b2", "a1", "c1", "a2", "c2"])
    }

    @Test func poolsLimitWhatRunsTogether() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c", "d"]) { task in
                task.pool = PoolName("p")
                task.poolSlots = 2
            })
        h.send(pool("p", 5))
        h.trigger("d")
        #expect(h.activeTasks == ["a", "b"])
        h.finish("a")
        #expect(h.activeTasks == ["b", "c"])
        h.send(pool("p", 6))
        #expect(h.activeTasks == ["b", "c", "d"])
    }

    @Test func aLargeTaskIsNotStarvedBySmallOnesBehindIt() {
        var h = MachineHarness(
            DAG("d", order: ["s1", "s2", "large", "s3", "s4"]) { task in
                task.pool = PoolName("p")
                task.poolSlots = task.id == TaskID("large") ? 3 : 1
            })
        h.send(pool("p", 3))
        h.trigger("d")
        #expect(h.activeTasks == ["s1", "s2"], "the third slot is kept for the large one")
        h.finish("s1")
        #expect(h.activeTasks == ["s2"])
        h.finish("s2")
        #expect(h.activeTasks == ["large"])
        h.finish("large")
        #expect(h.activeTasks == ["s3", "s4"])
    }

    @Test func whatIsTooLargeOrInAnUnknownPoolHoldsUpNobody() {
        var h = MachineHarness(
            DAG("d", order: ["huge", "lost", "ok"]) { task in
                task.pool = PoolName(task.id == TaskID("lost") ? "gone" : "p")
                task.poolSlots = task.id == TaskID("huge") ? 9 : 1
            })
        h.send(pool("p", 2))
        h.trigger("d")
        #expect(h.activeTasks == ["ok"])
        h.send(pool("p", 10))
        h.send(pool("gone", 1))
        #expect(h.activeTasks == ["huge", "lost", "ok"])
    }

    @Test func aPoolWithoutALimitHoldsUpNobody() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b"]) { task in
                task.pool = PoolName("p")
                task.poolSlots = 1_000
            })
        h.send(pool("p", 1))
        h.trigger("d")
        #expect(h.activeTasks == [])
        h.send(pool("p", -1))
        #expect(h.activeTasks == ["a", "b"])
    }

    @Test func removedPoolsKeepTheirSlotsUntilTasksEnd() {
        var h = MachineHarness(DAG("d", order: ["a", "b"]) { $0.pool = PoolName("p") })
        h.send(pool("p", 1))
        h.trigger("d")
        h.send(.poolRemoved(PoolName("p")))
        h.send(pool("p", 1))
        #expect(h.activeTasks == ["a"])
        h.send(.poolRemoved(.defaultPool))
        #expect(h.refusal == .poolIsPermanent(.defaultPool))
        h.send(.poolRemoved(PoolName("nobody")))
        #expect(h.refusal == .unknownPool(PoolName("nobody")))
    }

    @Test func aRunAtItsLimitDoesNotHoldUpOthers() {
        let narrow = DAG("narrow", settings: DAGSettings(maximumActiveTasks: 1), order: ["a", "b", "c"]) {
            $0.priorityWeight = 100
        }
        var h = MachineHarness(narrow, DAG("wide", order: ["x", "y"]), parallelism: 3)
        h.trigger("narrow")
        h.trigger("wide")
        #expect(h.activeTasks == ["a", "x", "y"])
        h.finish("x", 2)
        #expect(h.activeTasks == ["a", "y"])
        h.finish("a")
        #expect(h.activeTasks == ["b", "y"])
    }

    @Test func runsWaitForTheirTurnInOrder() {
        var h = MachineHarness(DAG("d", settings: DAGSettings(maximumActiveRuns: 1), order: ["a"]))
        for _ in 0..<3 { h.trigger("d") }
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), runID: RunID("back"), type: .backfill, trigger: .backfill)))
        #expect(h.runState(1) == .running)
        #expect(h.runState(2) == .queued)
        #expect(h.runState(4) == .running, "backfill runs are not counted")
        h.finish("a", 1)
        #expect(h.runState(2) == .running)
        #expect(h.runState(3) == .queued)
    }

    /// Whatever mix of sizes comes in, everybody who fits at all gets a turn, and limits hold on the way.
    @Test func nobodyStarves() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<30 {
            let names = (0..<generator.number(5...40)).map { "t\($0)" }
            var settings = DAGSettings()
            settings.maximumActiveTasks = generator.number(1...5)
            var draw = generator
            let dag = DAG("d", settings: settings, order: names) { task in
                task.pool = PoolName(draw.pick(["p", "q"]))
                task.poolSlots = draw.number(1...4)
                task.priorityWeight = draw.number(1...3)
            }
            generator = draw
            var h = MachineHarness(dag, parallelism: generator.number(1...6))
            h.send(pool("p", 4))
            h.send(pool("q", 5))
            h.trigger("d")
            var turns = 0
            while h.runState() == .running, turns <= names.count {
                guard let task = h.activeTasks.randomElement(using: &generator) else { break }
                h.finish(task)
                turns += 1
            }
            #expect(h.runState() == .success)
        }
    }
}
