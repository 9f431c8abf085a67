/// A named limit on how many slots tasks may hold at the same time.
package struct Pool: Hashable, Sendable {
    package let name: PoolName
    package var slots: Int
    package var description: String

    package init(name: PoolName, slots: Int, description: String = "") {
        self.name = name
        self.slots = slots
        self.description = description
    }

    /// Airflow's `default_pool` with its 128 slots; it always exists.
    package static let standard = Pool(name: .defaultPool, slots: 128, description: "Default pool")
}
