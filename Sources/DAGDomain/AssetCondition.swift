/// Which assets must have been updated since a DAG's last asset-triggered run for the next one to start.
package indirect enum AssetCondition: Hashable, Sendable {
    case asset(AssetURI)
    /// One of the assets that were ever updated under this alias.
    case alias(AssetAliasName)
    case all([AssetCondition])
    case any([AssetCondition])

    /// The most assets that one condition may name.
    package static let maximumAssets = 1_000

    /// Whether it holds when these assets, and no others, have been updated.
    package func isMet(aliases: AliasMembers = AliasMembers(), by updated: (AssetURI) -> Bool) -> Bool {
        switch self {
        case .asset(let asset): updated(asset)
        case .alias(let alias): aliases[alias].contains(where: updated)
        case .all(let parts): parts.allSatisfy { $0.isMet(aliases: aliases, by: updated) }
        case .any(let parts): parts.contains { $0.isMet(aliases: aliases, by: updated) }
        }
    }

    /// Every asset in it, once each, in the order of the text.
    package var assets: [AssetURI] {
        var seen: Set<AssetURI> = []
        return leaves.filter { seen.insert($0).inserted }
    }

    package var aliases: [AssetAliasName] {
        switch self {
        case .asset: []
        case .alias(let alias): [alias]
        case .all(let parts), .any(let parts): parts.flatMap(\.aliases)
        }
    }

    /// Every asset whose updates count for it.
    package func assets(with members: AliasMembers) -> [AssetURI] {
        let own = assets
        let joined = aliases.reduce(into: Set<AssetURI>()) { $0.formUnion(members[$1]) }
        return own + joined.subtracting(own).sorted()
    }

    private var leaves: [AssetURI] {
        switch self {
        case .asset(let asset): [asset]
        case .alias: []
        case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
        }
    }

    /// What is left of it when these assets have been updated; nil when it holds.
    package func rest(
        aliases: AliasMembers = AliasMembers(), given updated: (AssetURI) -> Bool
    ) -> AssetCondition? {
        switch self {
        case .asset, .alias: return isMet(aliases: aliases, by: updated) ? nil : self
        case .all(let parts):
            let rest = parts.compactMap { $0.rest(aliases: aliases, given: updated) }
            return rest.count > 1 ? .all(rest) : rest.first
        case .any(let parts):
            let rest = parts.map { $0.rest(aliases: aliases, given: updated) }
            guard rest.allSatisfy({ $0 != nil }) else { return nil }
            let left = rest.compactMap(\.self)
            return left.count > 1 ? .any(left) : left.first
        }
    }
}

extension AssetCondition: CustomStringConvertible {
    /// `s3://a and (s3://b or s3://c)`
    package var description: String {
        switch self {
        case .asset(let asset): asset.text
        case .alias(let alias): "alias \(alias)"
        case .all(let parts): parts.map(\.operand).joined(separator: " and ")
        case .any(let parts): parts.map(\.operand).joined(separator: " or ")
        }
    }

    private var operand: String {
        switch self {
        case .asset, .alias: description
        case .all(let parts), .any(let parts): parts.count > 1 ? "(\(description))" : description
        }
    }
}
