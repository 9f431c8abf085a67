extension V1 {
    /// A pool and how its slots are used.
    package struct Pool: Codable, Hashable, Sendable {
        package var name: String
        package var slots: Int
        package var description: String
        package var runningSlots: Int
        package var queuedSlots: Int
        /// Wanted by tasks that wait for them.
        package var scheduledSlots: Int
        package var openSlots: Int

        package init(
            name: String, slots: Int, description: String, runningSlots: Int, queuedSlots: Int,
            scheduledSlots: Int, openSlots: Int
        ) {
            self.name = name
            self.slots = slots
            self.description = description
            self.runningSlots = runningSlots
            self.queuedSlots = queuedSlots
            self.scheduledSlots = scheduledSlots
            self.openSlots = openSlots
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, slots, description
            case runningSlots = "running_slots"
            case queuedSlots = "queued_slots"
            case scheduledSlots = "scheduled_slots"
            case openSlots = "open_slots"
        }
    }

    /// The slots a pool shall have.
    package struct PoolBody: Codable, Hashable, Sendable {
        package var slots: Int
        package var description: String?

        package init(slots: Int, description: String? = nil) {
            self.slots = slots
            self.description = description
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case slots, description
        }
    }
}
