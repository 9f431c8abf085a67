/// A promise that the scheduler broke, or a simulation that got stuck.
package struct SimulationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
