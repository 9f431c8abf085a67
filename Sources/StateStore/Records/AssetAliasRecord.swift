import DAGDomain
import GRDB

/// The rows of aliases, and which assets belong to them.
enum AssetAliasRecord {
    static func insert(_ alias: AssetAliasName, at: Timestamp, into batch: WriteBatch) throws {
        try batch.execute(
            "INSERT INTO asset_alias (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
            [alias.text, at.microsecondsSinceEpoch])
    }

    /// Both are there already.
    static func join(
        _ asset: AssetURI, to alias: AssetAliasName, at: Timestamp, in batch: WriteBatch
    ) throws {
        try batch.changeOne(
            """
            INSERT INTO asset_alias_member (alias, asset, since)
            SELECT asset_alias.id, asset.id, ? FROM asset_alias JOIN asset
            WHERE asset_alias.name = ? AND asset.uri = ?
            """, [at.microsecondsSinceEpoch, alias.text, asset.text],
            expecting: "the alias \(alias) and the asset \(asset) to exist")
    }

    static func members(_ database: Database) throws -> AliasMembers {
        let pairs = try database.fetch(
            """
            SELECT asset_alias.name, asset.uri FROM asset_alias_member
                JOIN asset_alias ON asset_alias.id = asset_alias_member.alias
                JOIN asset ON asset.id = asset_alias_member.asset
            """
        ) { (alias: try $0.identifier(AssetAliasName.self), asset: try $0.identifier(AssetURI.self)) }
        return AliasMembers(
            Dictionary(grouping: pairs, by: \.alias).mapValues { Set($0.map(\.asset)) })
    }
}
