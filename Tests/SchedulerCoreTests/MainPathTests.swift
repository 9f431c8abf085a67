import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct MainPathTests {
    @Test func aChainRunsInOrderAndTheRunSucceeds() {
        var h = MachineHarness(DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]))
        h.trigger("d")
        #expect(h.runState() == .running)
        #expect(h.activeTasks == ["a"])
        #expect(h.actions == [.start(h.attempt("a"), instance: h.key("a"))])
        h.start("a")
        #expect(h.state("a") == .running)
        h.finish("a")
        #expect(h.state("a") == .success)
        #expect(h.activeTasks == ["b"])
        h.finish("b")
        #expect(h.runState() == .success)
        #expect(h.machine.snapshot.runs.isEmpty)
    }

    @Test func aFailureEndsTheRunAndTellsWhichUpstream() {
        var h = MachineHarness(DAG("d", order: ["a", "b", "c"], upstream: ["b": ["a"], "c": ["b"]]))
        h.trigger("d")
        h.finish("a", 1, .exited(3))
        #expect(h.state("a") == .failed)
        #expect(h.instance("a")?.failure == .userError)
        #expect(h.instance("a")?.reason == .exitCode(3))
        #expect(h.state("c") == .upstreamFailed)
        #expect(
            h.instance("c")?.reason
                == .triggerRule(.allSuccess, upstreamTask: 1, upstreamState: .upstreamFailed))
        #expect(h.runState() == .failed)
    }

    @Test func attemptIDsAreUUIDsAndReproducible() {
        var ids: [[AttemptID]] = []
        for _ in 0..<2 {
            var h = MachineHarness(DAG.fan("d", width: 3))
            h.trigger("d")
            h.finish("root")
            ids.append(h.attempts.keys.sorted())
        }
        #expect(ids[0] == ids[1])
        #expect(ids[0].count == 4)
        for id in ids[0] {
            let groups = id.text.split(separator: "-").map(\.count)
            #expect(groups == [8, 4, 4, 4, 12])
            #expect(id.text[id.text.index(id.text.startIndex, offsetBy: 14)] == "4")
        }
    }
}
