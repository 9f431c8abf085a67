import ArgumentParser
import SchedulerTestKit

/// Lives through seeded simulations of the scheduler and names the seeds that broke a promise.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulates the scheduler with crashes and faults, one life per seed.")

    @Option(help: "How many seeds to live through.")
    var seeds = 1_000

    @Option(help: "The first seed.")
    var first: UInt64 = 1

    @Option(help: "Print the history of one seed instead.")
    var explain: UInt64?

    @Flag(help: "Print the state diagrams of docs/state-machine.md instead.")
    var stateMachineDiagram = false

    func run() throws {
        if stateMachineDiagram {
            print(StateMachineDiagram.document, terminator: "")
        } else if let explain {
            try explainSeed(explain)
        } else {
            try runSeeds()
        }
    }

    private func explainSeed(_ seed: UInt64) throws {
        var simulation = try Simulation(seed: seed, keepsHistory: true)
        var failure: SimulationFailure?
        do { try simulation.run() } catch { failure = error }
        print(simulation.options)
        for line in simulation.history { print(line) }
        if let failure { throw failure }
    }

    private func runSeeds() throws {
        var failures = 0
        var coverage = TransitionCoverage()
        for seed in first..<(first + UInt64(max(0, seeds))) {
            do {
                var simulation = try Simulation(seed: seed)
                defer { coverage.formUnion(simulation.auditor.coverage) }
                try simulation.run()
            } catch {
                failures += 1
                print("seed \(seed): \(error)")
            }
        }
        print("\(seeds) seeds from \(first): \(failures) failed")
        for change in coverage.missing { print("never seen: \(change)") }
        if failures > 0 { throw ExitCode.failure }
    }
}
