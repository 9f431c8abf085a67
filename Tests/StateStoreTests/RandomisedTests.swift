import DAGDomain
import StateStore
import Testing

/// Random histories, applied to the store and to a plain model of it.
@Suite struct RandomisedTests {
    @Test(arguments: 1...12) func theStoreDoesWhatTheModelDoes(seed: UInt64) throws {
        let home = try TemporaryHome()
        let fixtures = [try Fixture(), try Fixture(id: "other", tasks: 2)]
        var generator = TransitionGenerator(seed: seed, fixtures: fixtures)
        var model = StoreModel()
        var store = try home.open()
        for fixture in fixtures {
            try store.recordVersion(of: fixture.dag, source: fixture.source, at: .at(0))
        }
        for round in 1...60 {
            try store.commit(generator.batch(for: &model), at: .at(Int64(round)))
            #expect(try store.loadUnfinished().state == model.unfinished, "seed \(seed), round \(round)")
            if generator.number(below: 8) == 0 {
                try store.close()
                store = try home.open()
            }
            try expectRefusal(of: generator, model, store)
        }
        try expectSame(store, model)
        let problems = try store.check()
        #expect(problems == [])
        try store.close()
    }

    /// A good batch with one step repeated at the end never fits twice: all of it is refused.
    private func expectRefusal(
        of generator: TransitionGenerator, _ model: StoreModel, _ store: StateStore
    ) throws {
        var (generator, copy) = (generator, model)
        let batch = generator.batch(for: &copy)
        guard let repeated = batch.first(where: { if case .runCreated = $0 { true } else { false } }) else {
            return
        }
        #expect(throws: StateStoreError.self) { try store.commit(batch + [repeated], at: .at(1)) }
        #expect(try store.loadUnfinished().state == model.unfinished)
    }

    private func expectSame(_ store: StateStore, _ model: StoreModel) throws {
        for run in model.runs.values { #expect(try store.run(run.number)?.run == run) }
        for (key, instance) in model.instances {
            #expect(try store.instance(key)?.instance == instance)
            let attempts = model.attempts.values.filter { $0.instance == key }
            #expect(try store.attempts(of: key) == attempts.sorted { $0.tryNumber < $1.tryNumber })
            let report = model.reports[key]
            #expect(try store.outputs(of: key) == report?.outputs ?? [])
            #expect(try store.metrics(of: key) == report?.metrics ?? [])
            #expect(try store.artifacts(of: key) == report?.artifacts ?? [])
            #expect(try store.verdict(of: key) == report?.verdict)
        }
        let counts = Dictionary(
            grouping: model.runs.values, by: { [$0.dagID.text, $0.state.rawValue] }
        ).mapValues(\.count)
        let stored = try store.runCounts().map { ([$0.dagID.text, $0.state.rawValue], $0.runs) }
        #expect(Dictionary(uniqueKeysWithValues: stored) == counts)
    }

    /// What a power cut may do: the end of the log is gone, anywhere. What comes back must be the state after some
    /// whole commit, and the journal must tell what is missing.
    @Test(arguments: 1...6) func aCutLogGivesTheStateAfterAWholeCommit(seed: UInt64) throws {
        let home = try TemporaryHome()
        let fixtures = [try Fixture(), try Fixture(id: "other", tasks: 2)]
        var generator = TransitionGenerator(seed: seed &+ 1000, fixtures: fixtures)
        var model = StoreModel()
        let store = try home.open()
        for fixture in fixtures {
            try store.recordVersion(of: fixture.dag, source: fixture.source, at: .at(0))
        }
        try store.checkpointIfGrown(beyond: 0)
        var last = try store.info().transactions
        var expected = [last: model.unfinished]
        for round in 1...25 {
            let batch = generator.batch(for: &model)
            guard !batch.isEmpty else { continue }
            try store.commit(batch, at: .at(Int64(round)))
            last += 1
            expected[last] = model.unfinished
        }
        let whole = try CrashImage(of: home)
        try store.close()
        for _ in 1...8 {
            let image = try CrashImage(of: whole.home)
            try image.truncateLog(to: generator.number(below: image.logSize + 1))
            let opened = try image.home.open { $0.acceptsLostTransactions = true }
            let lost = opened.openingReport.lostTransactions
            #expect(lost?.upperBound == last || lost == nil)
            let reached = (lost?.lowerBound).map { $0 - 1 } ?? last
            #expect(
                try opened.loadUnfinished().state == expected[reached], "seed \(seed), \(reached) of \(last)")
            try opened.close()
        }
    }
}
