import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

/// A finished run that goes on on another version of its DAG.
@Suite struct RepinningTests {
    private let old = DAG(
        "d", version: "1", order: ["a", "b", "gone", "c"], upstream: ["b": ["a"], "gone": ["a"], "c": ["b"]])
    private let new = DAG(
        "d", version: "2", order: ["first", "b", "a", "c", "last"],
        upstream: ["b": ["a"], "c": ["b"], "last": ["c", "first"]])

    /// A run on the old version in which `b` failed.
    private func failedRun() -> MachineHarness {
        var h = MachineHarness(old)
        h.trigger("d")
        h.finish("a")
        h.finish("b", 1, .exited(1))
        h.finish("gone")
        return h
    }

    private func restored(_ h: MachineHarness) -> SchedulerEvent {
        .runRestored(
            h.runs[RunNumber(1)] ?? DAGRun.none, old,
            h.instances.values.filter { $0.key.run == RunNumber(1) }.sorted { $0.key < $1.key }, outputs: [:])
    }

    @Test func tasksAreFoundAgainByTheirIds() {
        let h = failedRun()
        let run = h.runs[RunNumber(1)] ?? DAGRun.none
        let rows = h.instances.values.sorted { $0.key < $1.key }
        let moved = RunRepinning(of: run, rows, from: old, to: new, parameters: ["n": 1])
        #expect(moved.moved == [0: 2, 1: 1, 3: 3])
        #expect(moved.removed == [2] && moved.added == [0, 4])
        #expect(moved.run.version == new.version && moved.run.parameters == ["n": 1])
        #expect(moved.instances.map(\.key.task) == [0, 1, 2, 3, 4])
        #expect(
            moved.instances.map(\.state) == [.pending, .failed, .success, .upstreamFailed, .pending])
        #expect(
            moved.instances[3].reason
                == .triggerRule(.allSuccess, upstreamTask: 1, upstreamState: .failed), "`b` stays where it is"
        )
        #expect(moved.shifts.map(\.places) == [0...0] && moved.shifts.map(\.by) == [2])
    }

    @Test func aReasonThatNamesATaskThatIsGoneIsForgotten() {
        let run = failedRun().runs[RunNumber(1)] ?? DAGRun.none
        var settled = TaskInstance(key: TaskInstanceKey(run: RunNumber(1), task: 3), maximumTries: 1)
        settled.state = .upstreamFailed
        settled.reason = .triggerRule(.allSuccess, upstreamTask: 2, upstreamState: .failed)
        let moved = RunRepinning(of: run, [settled], from: old, to: new, parameters: [:])
        #expect(moved.instances.first { $0.key.task == 3 }?.reason == nil)
    }

    @Test func whatFailedAndWhatIsNewRuns() {
        var h = failedRun()
        #expect(h.runState() == .failed)
        h.send(
            restored(h), .runRepinned(RunNumber(1), to: new, [:], outputs: [:]),
            .instancesCleared(RunNumber(1), [1], by: "ann"))
        #expect(h.refusal == nil)
        #expect(h.runState() == .running && h.runs[RunNumber(1)]?.version == new.version)
        #expect(h.state("a") == .success && h.instance("a")?.tryNumber == 1, "it is not done again")
        #expect(h.state("b") == .queued && h.state("first") == .queued && h.state("c") == .pending)
        #expect(h.instance("b")?.tryNumber == 2, "its tries go on")
        for task in ["b", "first", "c", "last"] { h.finish(task) }
        #expect(h.runState() == .success)
        #expect(h.machine.anomalies(at: h.now).isEmpty)
    }

    @Test func aRunThatHasNotEndedStaysWhereItIs() {
        var h = MachineHarness(old)
        h.trigger("d")
        h.send(.runRepinned(RunNumber(1), to: new, [:], outputs: [:]))
        #expect(h.refusal == .runIsUnfinished(RunNumber(1), .running))
        #expect(h.runs[RunNumber(1)]?.version == old.version)
    }

    @Test func aTaskThatIsMappedOtherwiseBeginsAnew() throws {
        func mapped(_ version: String, _ values: JSONValue...) throws -> DAG {
            var task = TaskDefinition(id: TaskID("m"), action: .shell("true"))
            task.flow.mapping = TaskMapping(.product([.init(name: "v", values: .literal(values))]))
            return DAG("d", version: version, tasks: [task])
        }
        let two = try mapped("1", 1, 2)
        var h = MachineHarness(two)
        h.trigger("d")
        h.end("m", 0)
        h.end("m", 1, as: .exited(1))
        #expect(h.runState() == .failed)
        let rows = h.instances.values.sorted { $0.key < $1.key }
        let run = h.runs[RunNumber(1)] ?? DAGRun.none
        let same = RunRepinning(of: run, rows, from: two, to: try mapped("2", 1, 2), parameters: [:])
        #expect(same.instances.map(\.state) == [.success, .failed])
        let three = try mapped("3", 1, 2, 3)
        let other = RunRepinning(of: run, rows, from: two, to: three, parameters: [:])
        #expect(other.instances.map(\.state) == [.pending] && other.removed == [0] && other.added == [0])
        h.send(
            .runRestored(run, two, rows, outputs: [:]),
            .runRepinned(RunNumber(1), to: three, [:], outputs: [:]),
            .instancesCleared(RunNumber(1), [], by: "ann"))
        #expect(h.states("m") == [.queued, .queued, .queued])
    }

    /// What a clear changes is what a copy of the machine says that it would.
    @Test func aPreviewIsExact() {
        var h = failedRun()
        let event = SchedulerEvent.instancesCleared(RunNumber(1), [1], by: "ann")
        var copy = h.machine
        _ = copy.handle(restored(h), at: h.now)
        let preview = EditedInstances(in: copy.handle(event, at: h.now).transitions, as: nil, by: "ann")
        #expect(preview.before.map(\.key.task) == [1, 3], "with what could not run because of it")
        #expect(preview.before.map(\.state) == [.failed, .upstreamFailed])
        #expect(h.runState() == .failed, "nothing has changed")
        h.send(restored(h), event)
        #expect(h.state("b") == .queued && h.state("c") == .pending && h.state("a") == .success)
    }
}

extension DAGRun {
    fileprivate static let none = DAGRun(
        number: RunNumber(0), dagID: DAGID("none"), runID: RunID("none"), version: DAGVersionHash("0"),
        type: .manual, trigger: .commandLine, logicalDate: nil, dataIntervalStart: nil, dataIntervalEnd: nil,
        runAfter: .epoch, queuedAt: .epoch, parameters: [:])
}
