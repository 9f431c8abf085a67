import DAGDomain

/// Everything about a simulation that its seed decides in advance. Each kind of fault is off in a part of the
/// simulations ("swarm testing": a fault that is always on can hide what another one would find).
package struct SimulationOptions: Hashable, Sendable {
    package var dagCount: Int
    package var maximumTasks: Int
    package var steps: Int
    package var parallelism: Int
    /// The most events that are handled in one batch.
    package var batchSize: Int

    // Probabilities in percent, per step unless said otherwise.
    package var crash: Int
    package var trigger: Int
    package var cancel: Int
    package var clear: Int
    package var mark: Int
    package var backfill: Int
    package var pause: Int
    /// Updates of assets from outside.
    package var emit: Int
    package var poolChange: Int
    package var edit: Int
    package var clockJump: Int
    package var supervisorKill: Int
    /// Per spawn.
    package var spawnFailure: Int
    /// Per event that the executor sends.
    package var lostEvent: Int
    /// Per attempt.
    package var failure: Int

    package init(drawnFrom generator: inout SeededGenerator) {
        func fault(_ range: ClosedRange<Int>) -> Int { generator.chance(40) ? 0 : generator.number(range) }
        dagCount = generator.number(1...3)
        maximumTasks = generator.number(1...9)
        steps = generator.number(30...90)
        parallelism = generator.pick([1, 2, 4, 32])
        batchSize = generator.pick([1, 3, 100])
        crash = fault(2...25)
        trigger = generator.number(10...40)
        cancel = fault(1...8)
        clear = fault(2...15)
        mark = fault(4...14)
        backfill = fault(2...12)
        pause = fault(2...10)
        poolChange = fault(2...10)
        edit = fault(1...8)
        clockJump = fault(1...5)
        supervisorKill = fault(1...5)
        spawnFailure = fault(5...40)
        lostEvent = fault(5...30)
        failure = generator.pick([0, 10, 30, 60])
        emit = fault(2...25)
    }
}
