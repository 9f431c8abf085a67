import SchedulerTestKit
import Testing

@Suite struct SeedTests {
    private struct Lives: Sendable {
        var failures: [String] = []
        var coverage = TransitionCoverage()
        /// Runs that `retrain_when` started.
        var retrainings = 0
    }

    private static func live(through seeds: Range<UInt64>) -> Lives {
        var lives = Lives()
        for seed in seeds {
            do {
                var simulation = try Simulation(seed: seed)
                try simulation.run()
                lives.coverage.formUnion(simulation.auditor.coverage)
                lives.retrainings += simulation.store.causes.count
            } catch {
                lives.failures.append("seed \(seed): \(error)")
            }
        }
        return lives
    }

    /// Also visits every change that the transition tables allow: a table with an arrow too many is wrong as
    /// well.
    @Test func aThousandLivesKeepEveryPromiseAndSeeEveryTransition() async {
        let all = await withTaskGroup(of: Lives.self) { group in
            for first in stride(from: UInt64(1), to: 1_001, by: 100) {
                group.addTask { Self.live(through: first..<(first + 100)) }
            }
            return await group.reduce(into: Lives()) { all, lives in
                all.failures += lives.failures
                all.coverage.formUnion(lives.coverage)
                all.retrainings += lives.retrainings
            }
        }
        #expect(
            all.failures.isEmpty,
            "run `swift run simulate --explain SEED` for one of \(all.failures.sorted())")
        #expect(all.coverage.missing.isEmpty)
        #expect(all.retrainings > 200)
    }

    @Test func aSeedAlwaysLivesTheSameLife() throws {
        var first = try Simulation(seed: 42, keepsHistory: true)
        var second = try Simulation(seed: 42, keepsHistory: true)
        try first.run()
        try second.run()
        #expect(first.history.count > 100)
        #expect(first.history == second.history)
    }
}
