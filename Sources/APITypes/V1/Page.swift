extension V1 {
    /// A piece of a list, and how long the whole list is.
    package struct Page<Item: Codable & Sendable>: Codable, Sendable {
        package var items: [Item]
        package var totalEntries: Int

        package init(items: [Item], totalEntries: Int) {
            self.items = items
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey {
            case items
            case totalEntries = "total_entries"
        }
    }
}

extension V1.Page: Hashable, Equatable where Item: Hashable {}
