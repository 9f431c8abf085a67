extension AirflowV2 {
    /// A pool and how its slots are used.
    package struct PoolResponse: Codable, Hashable, Sendable {
        package var deferredSlots: Int
        @Nullable package var description: String?
        package var includeDeferred: Bool
        package var name: String
        package var occupiedSlots: Int
        package var openSlots: Int
        package var queuedSlots: Int
        package var runningSlots: Int
        package var scheduledSlots: Int
        package var slots: Int
        @Nullable package var teamName: String?

        package init(
            deferredSlots: Int = 0, description: String? = nil, includeDeferred: Bool = false,
            name: String, occupiedSlots: Int, openSlots: Int, queuedSlots: Int, runningSlots: Int,
            scheduledSlots: Int, slots: Int, teamName: String? = nil
        ) {
            self.deferredSlots = deferredSlots
            self.description = description
            self.includeDeferred = includeDeferred
            self.name = name
            self.occupiedSlots = occupiedSlots
            self.openSlots = openSlots
            self.queuedSlots = queuedSlots
            self.runningSlots = runningSlots
            self.scheduledSlots = scheduledSlots
            self.slots = slots
            self.teamName = teamName
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, name, slots
            case deferredSlots = "deferred_slots"
            case includeDeferred = "include_deferred"
            case occupiedSlots = "occupied_slots"
            case openSlots = "open_slots"
            case queuedSlots = "queued_slots"
            case runningSlots = "running_slots"
            case scheduledSlots = "scheduled_slots"
            case teamName = "team_name"
        }
    }

    /// A page of pools.
    package struct PoolCollectionResponse: Codable, Hashable, Sendable {
        package var pools: [PoolResponse]
        package var totalEntries: Int

        package init(pools: [PoolResponse], totalEntries: Int) {
            self.pools = pools
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case pools
            case totalEntries = "total_entries"
        }
    }

    /// A new pool.
    package struct PoolBody: Codable, Hashable, Sendable {
        package var description: String?
        package var includeDeferred: Bool?
        package var name: String
        package var slots: Int
        package var teamName: String?

        package init(
            description: String? = nil, includeDeferred: Bool? = nil, name: String, slots: Int,
            teamName: String? = nil
        ) {
            self.description = description
            self.includeDeferred = includeDeferred
            self.name = name
            self.slots = slots
            self.teamName = teamName
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, name, slots
            case includeDeferred = "include_deferred"
            case teamName = "team_name"
        }
    }

    /// What can be changed of a pool.
    package struct PoolPatchBody: Codable, Hashable, Sendable {
        package var description: String?
        package var includeDeferred: Bool?
        package var pool: String?
        package var slots: Int?
        package var teamName: String?

        package init(
            description: String? = nil, includeDeferred: Bool? = nil, pool: String? = nil,
            slots: Int? = nil, teamName: String? = nil
        ) {
            self.description = description
            self.includeDeferred = includeDeferred
            self.pool = pool
            self.slots = slots
            self.teamName = teamName
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, pool, slots
            case includeDeferred = "include_deferred"
            case teamName = "team_name"
        }
    }
}
