import DAGDomain
import JSONText
import StateStore
import Testing

/// Every reason and verdict, through the database and back.
@Suite struct StoredReasonTests {
    static let verdict = GateVerdict(
        lines: [
            .init(
                condition: GateCondition(metric: "roc_auc", minimum: 0.1 + 0.2, maximum: 1), value: 0.8,
                holds: true
            ),
            .init(condition: GateCondition(metric: "ε", equals: -0.0), value: nil, holds: false),
            .init(
                condition: GateCondition(metric: "odd", minimum: -.infinity, maximum: 5e-324),
                value: .infinity,
                holds: false),
            .init(
                condition: GateCondition(
                    metric: "m",
                    comparison: .version(
                        VersionComparison(
                            alias: .champion, baseline: .recorded, minimumDelta: 0.1, maximumDelta: .infinity,
                            bootstrap: GateBootstrap(confidence: 0.95, predictions: "p.csv")))), value: 1,
                holds: true, baseline: -1, note: "noted"),
            .init(
                condition: GateCondition(metric: "m", maximum: 1, comparison: .minus("n")), value: 0.5,
                holds: true, baseline: 2),
            .init(
                condition: GateCondition(
                    metric: "m", minimum: 1, severity: .warn, comparison: .slices(.gap)), value: nil,
                holds: false, note: "none"),
        ], effect: .skipDownstream)

    static let reasons: [StateReason] =
        TriggerRule.allCases.map { .triggerRule($0, upstreamTask: 3, upstreamState: .upstreamFailed) }
        + TaskInstanceState.allCases.map { .triggerRule(.allSuccess, upstreamTask: 0, upstreamState: $0) }
        + [
            .exitCode(0), .exitCode(.min), .exitCode(255), .signal(9), .notStarted(""),
            .notStarted("chdir \"/x\\y\": No such file\n\u{0}\u{1F600}"), .executionTimeout(.seconds(90)),
            .executionTimeout(Duration(secondsComponent: 1, attosecondsComponent: 1)),
            .executionTimeout(.seconds(-3)), .runTimeout, .overtaken("moved"), .lost("gone"),
            .gateFailed(verdict),
            .gateFailed(GateVerdict(lines: [], effect: .fail)), .upstreamGate(task: 7), .badReport("line 3"),
            .waitsForRetry(until: .distantFuture, after: .exitCode(3)),
            .waitsForRetry(until: .epoch, after: .waitsForRetry(until: .at(1), after: .gateFailed(verdict))),
            .byUser("ana"), .runEnded, .conditionFalse("params.x > 1"), .badExpression("no"), .emptyExpansion,
            .dependsOnPast(run: RunID("r")), .setup(task: 1, .failed), .failFast(mapIndex: 3),
            .nothingToDo("no champion yet"), .waitTimeout(.seconds(9)), .waitEnded("ana said yes"),
            .waits(.instant), .waits(.file),
            .waits(.externalRun), .waits(.approval), .waits(.poke), .waits(.childRun(DAGID("d"), RunID("r"))),
        ] + SkipCause.allCases.map { .skippedBy(task: 2, $0) }

    @Test(arguments: reasons) func aReasonComesBackAsItWas(reason: StateReason) throws {
        let home = try TemporaryHome()
        let fixture = try Fixture(tasks: 1)
        let store = try fixture.storeWithRun(home)
        var instance = fixture.instances(1)[0]
        instance.reason = reason
        var attempt = fixture.attempt(1, 0)
        attempt.reason = reason
        try store.commit(
            [.instanceChanged(from: .pending, to: instance, at: .at(1)), .attemptCreated(attempt)], at: .at(1)
        )
        let run = try #require(try store.loadRun(RunNumber(1)))
        #expect(run.instances == [instance])
        #expect(run.liveAttempts == [attempt])
    }

    @Test func aNumberThatIsNoneComesBackInAVerdict() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture(tasks: 1)
        let store = try fixture.storeWithRun(home)
        let line = GateVerdict.Line(
            condition: GateCondition(metric: "m", minimum: 1), value: .nan, holds: false)
        var report = AttemptReport(
            attempt: AttemptID("a"), outcome: .exited(0), startDate: nil, endDate: .at(1))
        report.verdict = GateVerdict(lines: [line], effect: .fail)
        try store.commit([.reportRecorded(instance: fixture.key(1, 0), report: report)], at: .at(1))
        let verdict = try #require(try store.verdict(of: fixture.key(1, 0)))
        #expect(verdict.lines[0].value?.isNaN == true)
    }

    @Test func everyWordOfTheDomainCanBeStored() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture(tasks: 1)
        let store = try fixture.storeWithRun(home)
        var instance = fixture.instances(1)[0]
        for state in TaskInstanceState.allCases {
            let from = instance.state
            instance.state = state
            try store.commit([.instanceChanged(from: from, to: instance, at: .at(1))], at: .at(1))
        }
        for failure in FailureReason.allCases {
            instance.failure = failure
            try store.commit([.instanceChanged(from: instance.state, to: instance, at: .at(1))], at: .at(1))
        }
        var run = fixture.run(1)
        for state in DAGRunState.allCases {
            let from = run.state
            run.state = state
            try store.commit([.runChanged(from: from, to: run)], at: .at(1))
        }
        for reason in RunReason.allCases {
            run.reason = reason
            try store.commit([.runChanged(from: run.state, to: run)], at: .at(1))
        }
        var attempt = fixture.attempt(1, 0)
        try store.commit([.attemptCreated(attempt)], at: .at(1))
        for state in AttemptState.allCases {
            let from = attempt.state
            attempt.state = state
            try store.commit([.attemptChanged(from: from, to: attempt)], at: .at(1))
        }
        var number: Int64 = 1
        for type in DAGRunType.allCases {
            for trigger in RunTrigger.allCases {
                number += 1
                let run = DAGRun(
                    number: RunNumber(number), dagID: fixture.dag.id, runID: RunID("r\(number)"),
                    version: fixture.dag.version, type: type, trigger: trigger, logicalDate: nil,
                    dataIntervalStart: nil, dataIntervalEnd: nil, runAfter: .at(0), queuedAt: .at(0),
                    parameters: [:])
                try store.commit([.runCreated(run, [])], at: .at(1))
                #expect(try store.run(fixture.dag.id, run.runID)?.run == run)
            }
        }
        let problems = try store.check()
        #expect(problems == [])
    }
}
