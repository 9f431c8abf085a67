import SchedulerCore

/// Random numbers from a seed, the same on every machine (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var bits: AttemptIDGenerator

    package init(seed: UInt64) {
        bits = AttemptIDGenerator(seed: seed)
    }

    package mutating func next() -> UInt64 { bits.nextBits() }

    /// True with a probability in percent.
    package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// - Precondition: there is something to choose from.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
