import SchedulerTestKit
import Testing

@Suite struct SeedTests {
    @Test func aThousandLivesKeepEveryPromise() {
        var failures: [String] = []
        var coverage = TransitionCoverage()
        for seed in UInt64(1)...1_000 {
            do {
                var simulation = try Simulation(seed: seed)
                try simulation.run()
                coverage.formUnion(simulation.auditor.coverage)
            } catch {
                failures.append("seed \(seed): \(error)")
            }
        }
        #expect(failures.isEmpty, "\(failures.count) failed: \(failures.prefix(3))")
        #expect(coverage.missing.isEmpty)
    }
}
