import DAGDomain
import JSONText
import SchedulerCore
import StateStore
import Testing

/// A finished run that is moved onto another version of its DAG, with everything that hangs on its tasks.
@Suite struct RepinningTests {
    private func dag(_ version: String, _ tasks: [String]) throws -> DAG {
        try DAG(
            id: DAGID("d"), version: DAGVersionHash(version), path: "/dags/d.json", folder: "/dags",
            settings: DAGSettings(),
            tasks: tasks.map { TaskDefinition(id: TaskID($0)) })
    }

    private func key(_ task: Int, _ mapIndex: Int = -1) -> TaskInstanceKey {
        TaskInstanceKey(run: RunNumber(1), task: task, mapIndex: mapIndex)
    }

    private func run(_ dag: DAG, _ state: DAGRunState = .running) -> DAGRun {
        DAGRun(
            number: RunNumber(1), dagID: dag.id, runID: RunID("r"), version: dag.version, type: .manual,
            trigger: .commandLine, logicalDate: .at(1), dataIntervalStart: nil, dataIntervalEnd: nil,
            runAfter: .at(1), queuedAt: .at(1), parameters: ["n": 1], state: state)
    }

    private func ended(_ task: Int, _ state: TaskInstanceState, _ reason: StateReason) -> TaskInstance {
        TaskInstance(
            key: key(task), state: state, tryNumber: 1, maximumTries: 2, triesSinceClear: 1,
            startDate: .at(2),
            endDate: .at(3), attempt: AttemptID("t\(task)"), reason: reason)
    }

    /// A run of a, b, c, d that has ended, each with an attempt and an output.
    private func finished(_ old: DAG, in store: StateStore) throws -> [TaskInstance] {
        let instances = [
            ended(0, .success, .exitCode(0)), ended(1, .failed, .exitCode(1)),
            ended(2, .upstreamFailed, .triggerRule(.allSuccess, upstreamTask: 1, upstreamState: .failed)),
            ended(3, .success, .exitCode(0)),
        ]
        let fresh = instances.map { TaskInstance(key: $0.key, maximumTries: 2) }
        var transitions: [Transition] = [.runCreated(run(old), fresh)]
        for instance in instances {
            let attempt = Attempt(
                id: AttemptID("t\(instance.key.task)"), instance: instance.key, tryNumber: 1,
                createdAt: .at(2))
            var end = attempt
            end.state = .succeeded
            let report = AttemptReport(
                attempt: attempt.id, outcome: .exited(0), startDate: .at(2), endDate: .at(3),
                outputs: [TaskOutput(name: "o", value: .integer(Int64(instance.key.task)))],
                metrics: [Metric(name: "m", value: 0.5, step: 1)])
            transitions += [
                .attemptCreated(attempt), .attemptChanged(from: .starting, to: end),
                .reportRecorded(instance: instance.key, report: report),
                .instanceChanged(from: .pending, to: instance, at: .at(3)),
            ]
        }
        transitions.append(.runChanged(from: .running, to: run(old, .failed)))
        try store.commit(transitions, at: .at(3))
        return instances
    }

    @Test func everythingFollowsItsTask() throws {
        let home = try TemporaryHome()
        var store = try home.open()
        let (old, new) = (try dag("1", ["a", "b", "c", "d"]), try dag("2", ["x", "d", "c", "b", "y"]))
        for dag in [old, new] { try store.recordVersion(of: dag, source: [1], at: .at(0)) }
        let before = try finished(old, in: store)
        let child = DAGRun(
            number: RunNumber(2), dagID: old.id, runID: RunID("child"), version: old.version, type: .manual,
            trigger: .task, logicalDate: nil, dataIntervalStart: nil, dataIntervalEnd: nil, runAfter: .at(1),
            queuedAt: .at(1), parameters: [:], parent: key(1))
        try store.commit([.runCreated(child, [])], at: .at(4))

        let moved = RunRepinning(
            of: run(old, .failed), before, from: old, to: new, parameters: ["n": 2])
        try store.commit([.runRepinned(moved, at: .at(5))], at: .at(5))
        try store.close()
        store = try home.open()

        let stored = try #require(try store.loadRun(RunNumber(1)))
        #expect(stored.run == moved.run && stored.instances == moved.instances)
        #expect(stored.instances.map(\.state) == [.pending, .success, .upstreamFailed, .failed, .pending])
        #expect(
            stored.instances[2].reason == .triggerRule(.allSuccess, upstreamTask: 3, upstreamState: .failed))
        for (task, was) in [1: 3, 2: 2, 3: 1] {
            #expect(try store.attempts(of: key(task)).map(\.id) == [AttemptID("t\(was)")])
            #expect(try store.outputs(of: key(task)).map(\.value) == [.integer(Int64(was))])
            #expect(try store.lastMetrics(of: key(task)).map(\.value) == [0.5])
        }
        #expect(try store.attempts(of: key(0)).isEmpty && store.attempts(of: key(4)).isEmpty)
        #expect(try store.run(RunNumber(2))?.run.parent == key(3))

        let past = try store.pastVersions(of: RunNumber(1))
        #expect(past.map(\.version) == [old.version] && past.map(\.until) == [.at(5)])
        let gone = try #require(past.first?.removed.first)
        #expect(gone.taskID == TaskID("a") && gone.state == .success && gone.tryNumber == 1)
        #expect(gone.attempt == AttemptID("t0") && past.first?.removed.count == 1)
        #expect(try store.pastVersions(of: RunNumber(2)).isEmpty)
    }

    @Test func aRunMayMoveAgainAndBackAndBeDeleted() throws {
        let home = try TemporaryHome()
        let store = try home.open()
        let (old, new) = (try dag("1", ["a", "b", "c", "d"]), try dag("2", ["d", "a"]))
        for dag in [old, new] { try store.recordVersion(of: dag, source: [1], at: .at(0)) }
        let before = try finished(old, in: store)
        let there = RunRepinning(of: run(old, .failed), before, from: old, to: new, parameters: [:])
        try store.commit([.runRepinned(there, at: .at(5))], at: .at(5))
        let back = RunRepinning(of: there.run, there.instances, from: new, to: old, parameters: [:])
        try store.commit([.runRepinned(back, at: .at(6))], at: .at(6))
        let stored = try #require(try store.loadRun(RunNumber(1)))
        #expect(stored.instances.map(\.state) == [.success, .pending, .pending, .success])
        #expect(try store.pastVersions(of: RunNumber(1)).map(\.removed.count) == [2, 0])
        try store.deleteRun(RunNumber(1), at: .at(7))
        #expect(try store.pastVersions(of: RunNumber(1)).isEmpty)
    }

    @Test func aRunThatGoesOnIsNotMoved() throws {
        let home = try TemporaryHome()
        let store = try home.open()
        let (old, new) = (try dag("1", ["a"]), try dag("2", ["b"]))
        for dag in [old, new] { try store.recordVersion(of: dag, source: [1], at: .at(0)) }
        try store.commit(
            [.runCreated(run(old), [TaskInstance(key: key(0), maximumTries: 1)])], at: .at(1))
        let moved = RunRepinning(of: run(old, .failed), [], from: old, to: new, parameters: [:])
        #expect(throws: StateStoreError.self) {
            try store.commit([.runRepinned(moved, at: .at(5))], at: .at(5))
        }
        #expect(try store.loadRun(RunNumber(1))?.run == run(old))
    }
}
