/// A named limit on how many slots tasks may hold at the same time.
package struct Pool: Hashable, Sendable {
    package let name: PoolName
    /// -1 is no limit.
    package var slots: Int
    package var description: String

    package init(name: PoolName, slots: Int, description: String = "") {
        self.name = name
        self.slots = slots
        self.description = description
    }

    /// How many slots may be held at once.
    package var capacity: Int { slots < 0 ? .max : slots }

    /// Airflow's `default_pool` with its 128 slots; it always exists.
    package static let standard = Pool(name: .defaultPool, slots: 128, description: "Default pool")
}
