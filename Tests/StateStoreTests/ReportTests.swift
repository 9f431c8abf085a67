import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct ReportTests {
    private let fixture: Fixture
    private let home: TemporaryHome
    private let store: StateStore
    private let key: TaskInstanceKey

    init() throws {
        fixture = try Fixture()
        home = try TemporaryHome()
        store = try fixture.storeWithRun(home)
        key = fixture.key(1, 1)
    }

    private func report() -> AttemptReport {
        AttemptReport(
            attempt: AttemptID("a"), outcome: .exited(0), startDate: .at(1), endDate: .at(2),
            outputs: [
                TaskOutput(name: "z", value: ["deep": [1, nil, "ü"]]),
                TaskOutput(name: "a", value: 9_007_199_254_740_993), TaskOutput(name: "", value: ""),
            ],
            metrics: [
                Metric(name: "loss", value: 0.5, step: 1), Metric(name: "auc", value: 0.1 + 0.2),
                Metric(name: "loss", value: -.infinity, step: 2), Metric(name: "loss", value: 0.25, step: -3),
            ],
            artifacts: [
                ArtifactReference(name: "model", path: "m/model.bin", sha256: "ab", sizeBytes: 1 << 40),
                ArtifactReference(name: "curve", path: "roc.png", sha256: "cd", sizeBytes: 0),
            ], verdict: StoredReasonTests.verdict)
    }

    @Test func aReportComesBackInItsOrder() throws {
        let report = report()
        try store.commit([.reportRecorded(instance: key, report: report)], at: .at(2))
        #expect(try store.outputs(of: key) == report.outputs)
        #expect(try store.metrics(of: key) == report.metrics)
        #expect(try store.lastMetrics(of: key) == [report.metrics[1], report.metrics[3]])
        #expect(try store.artifacts(of: key) == report.artifacts)
        #expect(try store.verdict(of: key) == report.verdict)
        #expect(try store.verdicts(of: RunNumber(1)).map(\.key) == [key])
        #expect(try store.referencedArtifacts() == ["ab", "cd"])
        #expect(try store.outputs(of: fixture.key(1, 0)).isEmpty)
    }

    @Test func aLaterReportReplacesAndAClearForgets() throws {
        try store.commit([.reportRecorded(instance: key, report: report())], at: .at(2))
        var second = AttemptReport(
            attempt: AttemptID("b"), outcome: .exited(0), startDate: nil, endDate: .at(3))
        second.outputs = [TaskOutput(name: "only", value: true)]
        second.metrics = [Metric(name: "nothing", value: .nan)]
        try store.commit([.reportRecorded(instance: key, report: second)], at: .at(3))
        #expect(try store.outputs(of: key) == second.outputs)
        #expect(try store.artifacts(of: key).isEmpty)
        #expect(try store.verdict(of: key) == nil)
        #expect(try store.metrics(of: key).map(\.value.isNaN) == [true])
        try store.commit([.attemptCreated(fixture.attempt(1, 1))], at: .at(3))
        try store.commit([.reportsForgotten(instance: key)], at: .at(4))
        #expect(try store.outputs(of: key).isEmpty)
        #expect(try store.lastMetrics(of: key).isEmpty)
        #expect(try store.attempts(of: key).count == 1)
        let problems = try store.check()
        #expect(problems == [])
    }

    @Test func inputsComeForAllUpstreamInstancesByMapIndex() throws {
        let mapped = [2, 0, 10].map { index in
            TaskInstance(key: TaskInstanceKey(run: RunNumber(2), task: 1, mapIndex: index), maximumTries: 1)
        }
        let plain = TaskInstance(key: fixture.key(2, 0), maximumTries: 1)
        try store.commit([.runCreated(fixture.run(2), [plain] + mapped)], at: .at(1))
        try store.commit(
            [
                .reportRecorded(instance: mapped[0].key, report: report()),
                .reportRecorded(instance: plain.key, report: report()),
            ], at: .at(2))
        let data = try store.data(of: RunNumber(2), tasks: [1, 0, 1])
        #expect(data.map(\.key) == [plain, mapped[1], mapped[0], mapped[2]].map(\.key))
        #expect(data.map(\.outputs.count) == [3, 0, 3, 0])
        #expect(data[0].outputs == report().outputs)
        #expect(data[2].artifacts == report().artifacts)
        #expect(try store.data(of: RunNumber(2), tasks: [2]).isEmpty)
    }
}
