import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct AgingTests {
    private func pool(_ name: String, _ slots: Int) -> SchedulerEvent {
        .poolChanged(Pool(name: PoolName(name), slots: slots))
    }

    @Test(arguments: [
        (0, 5, 0), (59, 5, 0), (60, 5, 1), (3_600, 5, 60), (-1, 5, -1), (-60, 5, -1), (-61, 5, -2),
        (60, -3, 1),
    ])
    func aRankIsTheWeightLessTheIntervalsUntilItWasReady(
        _ seconds: Int64, _ weight: Int32, _ intervals: Int64
    ) {
        let since = Timestamp(secondsSinceEpoch: seconds)
        #expect(
            Aging(interval: .seconds(60)).rank(priority: weight, since: since) == Int64(weight) - intervals)
        #expect(Aging.none.rank(priority: weight, since: since) == Int64(weight))
    }

    @Test func noIntervalAndNoInstantAreNoAge() {
        #expect(Aging(interval: .zero) == .none)
        #expect(Aging.standard.rank(priority: 7, since: nil) == 7)
        #expect(Aging(interval: .microseconds(1)).rank(priority: .min, since: .distantFuture) < 0)
    }

    /// A stream of important tasks, one a minute, each as long as a minute: without aging the humble one waits for
    /// ever, with it as many intervals as its weight is behind.
    @Test(arguments: [nil, 60, 120] as [Int64?])
    func anEndlessStreamOfImportantTasksDoesNotStarveAHumbleOne(_ interval: Int64?) {
        let humble = DAG("humble", order: ["h"]) { $0.pool = PoolName("p") }
        let settings = DAGSettings(maximumActiveRuns: 10_000)
        let stream = DAG("stream", settings: settings, order: ["s"]) { task in
            task.pool = PoolName("p")
            task.priorityWeight = 8
        }
        let aging = Aging(interval: interval.map { .seconds($0) })
        var h = MachineHarness(configuration: SchedulerConfiguration(aging: aging))
        h.send(.dagLoaded(humble, pausedAtCreation: false))
        h.send(.dagLoaded(stream, pausedAtCreation: false))
        h.send(pool("p", 1))
        h.trigger("stream")
        h.trigger("humble")
        var started: Int?
        for minute in 1...100 where started == nil {
            h.advance(60)
            h.trigger("stream")
            guard let active = h.instances.values.first(where: { $0.state.isActive }) else { break }
            h.finish("s", active.key.run.value)
            if h.state("h", 2) == .queued { started = minute }
        }
        guard let interval else {
            #expect(started == nil, "without aging it waits for ever")
            return
        }
        let bound = Int(7 + 1) * Int(interval) / 60 + 1
        #expect(started.map { $0 <= bound && $0 > 2 } == true, "after \(started ?? -1) minutes")
    }

    /// Whoever is started while another one waits that could have been: not more than the difference of their weights
    /// plus one in intervals later. Only finitely many are, so nobody waits for ever, whatever comes after.
    @Test func nobodyIsOvertakenByWhoComesMuchLater() {
        var generator = SeededGenerator(seed: 45_636)
        for _ in 0..<40 {
            let interval = Int64(generator.pick([1, 7, 60]))
            let aging = Aging(interval: .seconds(interval))
            let slots = generator.number(1...3)
            var allocation = SlotAllocation(parallelism: 10)
            allocation.setPool(Pool(name: PoolName("p"), slots: slots))
            allocation.setLimit(10_000, of: .run(RunNumber(1)))
            var ready: [TaskInstanceKey: (weight: Int32, since: Int64)] = [:]
            var active: [LineEntry] = []
            var now: Int64 = 1_000_000
            for number in 0..<600 {
                now += Int64(generator.number(0...3))
                for _ in 0..<generator.number(0...2) {
                    let key = TaskInstanceKey(
                        run: RunNumber(1), task: ready.count + active.count + number * 10)
                    let weight = Int32(generator.pick([-5, 0, 1, 1, 2, 9, 30]))
                    let since = Timestamp(secondsSinceEpoch: now)
                    guard ready[key] == nil else { continue }
                    ready[key] = (weight, now)
                    allocation.enqueue(
                        LineEntry(
                            key: key, rank: aging.rank(priority: weight, since: since), date: .epoch,
                            pool: PoolName("p"), slots: 1))
                }
                if !active.isEmpty, generator.chance(40) {
                    allocation.release(active.remove(at: generator.number(0...active.count - 1)))
                }
                while let entry = allocation.takeNext() {
                    active.append(entry)
                    guard let taken = ready.removeValue(forKey: entry.key) else {
                        Issue.record("started twice")
                        continue
                    }
                    for other in ready.values {
                        let lead = Int64(taken.weight) - Int64(other.weight) + 1
                        #expect(taken.since - other.since < lead * interval)
                    }
                }
                #expect(active.count == slots || ready.isEmpty)
            }
        }
    }

    /// airflow#45636: a full pool with very many important tasks in front of everything else. Airflow looks at the
    /// first few of the line and drops those that cannot start; here those who can start are found first.
    @Test func aFullPoolWithManyImportantTasksHoldsUpNobodyElse() {
        let names = (0..<2_000).map { "t\($0)" }
        let crowd = DAG("crowd", settings: DAGSettings(maximumActiveTasks: 5_000), order: names) { task in
            task.pool = PoolName("busy")
            task.priorityWeight = 1_000
        }
        let limited = DAG("limited", settings: DAGSettings(maximumActiveTasks: 1), order: names) { task in
            task.pool = PoolName("free")
            task.priorityWeight = 500
        }
        let others = (0..<20).map { "o\($0)" }
        let humble = DAG("humble", settings: DAGSettings(maximumActiveTasks: 100), order: others) { task in
            task.pool = PoolName("free")
        }
        var h = MachineHarness(crowd, limited, humble, parallelism: 32)
        h.send(pool("busy", 1), pool("free", 30))
        h.trigger("crowd")
        h.trigger("limited")
        #expect(h.activeTasks.count == 2)
        h.trigger("humble")
        #expect(Set(h.activeTasks) == Set(["t0"] + others), "all of the free pool in the same step")
        #expect(h.activeTasks.count == 22)
    }
}
