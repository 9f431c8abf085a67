import DAGDomain
import DAGLoading
import JSONText
import Testing

/// Files at the limits of size: what is quadratic would not end here.
@Suite struct LargeFileTests {
    private static let count = 100_000

    /// A DAG of many tasks; `needs` says what each depends on, `extra` what else it has.
    private func text(
        _ needs: (Int) -> String, extra: (Int) -> String = { _ in "" }, count: Int = count
    ) -> String {
        var text = "{\"dag_id\":\"large\",\"tasks\":["
        for index in 0..<count {
            text += index == 0 ? "\n" : ",\n"
            text += "{\"task_id\":\"t\(index)\",\"command\":\"true\"\(needs(index))\(extra(index))}"
        }
        return text + "]}"
    }

    @Test func loadsAChain() throws {
        let dag = try dag(text({ $0 == 0 ? "" : ",\"depends_on\":[\"t\($0 - 1)\"]" }))
        #expect(dag.tasks.count == Self.count)
        #expect(dag.graph.topologicalOrder == Array(0..<Self.count))
    }

    @Test func loadsAFanOutAndFanIn() throws {
        let all = (1..<Self.count - 1).map { "\"t\($0)\"" }.joined(separator: ",")
        let dag = try dag(
            text({
                $0 == 0 ? "" : $0 == Self.count - 1 ? ",\"depends_on\":[\(all)]" : ",\"depends_on\":[\"t0\"]"
            }))
        #expect(dag.graph.downstream[0].count == Self.count - 2)
        #expect(dag.graph.upstream[Self.count - 1].count == Self.count - 2)
    }

    /// Every task reads the output of the task two before it, which is upstream only through another.
    @Test func checksReferencesAlongAChain() throws {
        let text = text(
            { $0 == 0 ? "" : ",\"depends_on\":[\"t\($0 - 1)\"]" },
            extra: { $0 < 2 ? "" : ",\"env\":{\"A\":\"{{ outputs.t\($0 - 2).x }}\"}" }, count: 30_000)
        #expect(try dag(text).tasks.count == 30_000)
    }

    @Test func readsManyConditions() throws {
        let text = text(
            { $0 == 0 ? "" : ",\"depends_on\":[\"t\($0 - 1)\"]" },
            extra: { $0 < 2 ? "" : ",\"when\":\"outputs.t\($0 - 2).x > \($0)\"" }, count: 30_000)
        #expect(try dag(text).tasks.count { $0.flow.condition != nil } == 29_998)
    }

    @Test func readsManyGroups() throws {
        let count = 10_000
        let groups = (0..<count).map { index in
            let needs = index == 0 ? "" : ",\"depends_on\":[\"g\(index - 1)\"]"
            return "{\"group_id\":\"g\(index)\"\(needs),\"tasks\":[{\"id\":\"a\",\"command\":\"x\"},"
                + "{\"id\":\"b\",\"command\":[\"{{ outputs.a.x }}\"],\"needs\":\"a\"}]}"
        }
        let dag = try dag("{\"dag_id\":\"d\",\"task_groups\":[\(groups.joined(separator: ","))]}")
        #expect(dag.graph.topologicalOrder == Array(0..<2 * count))
    }

    @Test func findsALongCircle() {
        let count = 30_000
        let text = text({ ",\"depends_on\":[\"t\(($0 + count - 1) % count)\"]" }, count: count)
        let path =
            "t0 -> t1 -> t2 -> t3 -> t4 -> t5 -> ... -> t29995 -> t29996 -> t29997 -> t29998 -> t29999 -> t0"
        #expect(errors(text) == ["2:48: the tasks wait for each other in a circle: \(path) (30000 tasks)"])
    }

    @Test func reportsManyErrors() {
        let text = text({ ",\"depends_on\":[\"unknown\($0)\"],\"retires\":1" }, count: 20_000)
        let errors = load(text).errors
        #expect(errors.count == 40_000)
        #expect(errors.last?.pointer == "/tasks/19999/retires")
    }

    /// Reachability by 64 bits at a time agrees with the plain search, on random graphs.
    @Test func answersReachabilityLikeASearch() throws {
        var generator = SplitMix64(state: 3)
        for _ in 0..<30 {
            let count = 150
            let upstream = (0..<count).map { task in
                task == 0 ? [] : Array(Set((0..<2).map { _ in Int.random(in: 0..<task, using: &generator) }))
            }
            let isRead = (0..<count).map { _ in Int.random(in: 0..<count, using: &generator) }
            let text = text(
                { task in ",\"depends_on\":[\(upstream[task].map { "\"t\($0)\"" }.joined(separator: ","))]" },
                extra: { ",\"env\":{\"A\":\"{{ outputs.t\(isRead[$0]).x }}\"}" }, count: count)
            let graph = try DAGGraph(upstream: upstream)
            let wrong = (0..<count).filter { task in
                task == isRead[task] || !graph.upstreamClosure(of: [task]).contains(isRead[task])
            }
            #expect(load(text).errors.map(\.pointer) == wrong.map { "/tasks/\($0)/env/A" })
        }
    }
}

/// A small seeded generator (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
