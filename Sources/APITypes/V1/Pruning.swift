extension V1 {
    /// Which records are to go.
    package struct PruneBody: Codable, Hashable, Sendable {
        /// Records from before this instant.
        package var before: String

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case before
        }
    }

    /// How many went.
    package struct Pruning: Codable, Hashable, Sendable {
        package var assetEvents: Int
        package var webhookDeliveries: Int

        package init(assetEvents: Int, webhookDeliveries: Int) {
            self.assetEvents = assetEvents
            self.webhookDeliveries = webhookDeliveries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case assetEvents = "asset_events"
            case webhookDeliveries = "webhook_deliveries"
        }
    }
}
