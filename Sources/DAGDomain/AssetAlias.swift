import JSONText

/// A name under which a task says only while it runs which assets it has updated (Airflow's asset alias).
package struct AssetAliasName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// As for assets.
    package var isValid: Bool { AssetURI(text).isValid }
}

/// Which assets were updated under which alias: they belong to it from the first such update on, as in Airflow.
package struct AliasMembers: Hashable, Sendable {
    package private(set) var assets: [AssetAliasName: Set<AssetURI>]

    package init(_ assets: [AssetAliasName: Set<AssetURI>] = [:]) {
        self.assets = assets
    }

    package subscript(alias: AssetAliasName) -> Set<AssetURI> { assets[alias] ?? [] }

    /// - Returns: whether the asset did not belong to the alias before.
    package mutating func join(_ asset: AssetURI, to alias: AssetAliasName) -> Bool {
        assets[alias, default: []].insert(asset).inserted
    }

    package mutating func remove(_ asset: AssetURI) {
        for alias in Array(assets.keys) {
            assets[alias]?.remove(asset)
            if assets[alias]?.isEmpty == true { assets[alias] = nil }
        }
    }
}

/// An asset whose URI has places to fill in.
package struct AssetTemplate: Hashable, Sendable {
    package let uri: TemplateText
    /// nil: the URI.
    package let name: String?
    package let group: String
    package let extra: JSONObject

    package init(
        uri: TemplateText, name: String? = nil, group: String = Asset.defaultGroup,
        extra: JSONObject = JSONObject()
    ) {
        self.uri = uri
        self.name = name
        self.group = group
        self.extra = extra
    }

    package func replacing(_ change: (TemplateText) -> TemplateText) -> AssetTemplate {
        AssetTemplate(uri: change(uri), name: name, group: group, extra: extra)
    }

    package func filled(_ uri: AssetURI) -> Asset { Asset(uri, name: name, group: group, extra: extra) }
}

/// The assets of a task that are known only when it runs.
package struct LateAssets: Hashable, Sendable {
    package var inlets: [AssetTemplate] = []
    package var outlets: [AssetTemplate] = []
    package var aliases: [AssetAliasName] = []

    package init() {}

    package var updatesAny: Bool { !outlets.isEmpty || !aliases.isEmpty }
}

/// What a task that ended well says of the assets that it has updated.
package struct OutletReport: Hashable, Sendable {
    /// An update under an alias.
    package struct AliasUpdate: Hashable, Sendable {
        package let asset: AssetURI
        package let extra: JSONObject
        /// Every alias under which this very update was told.
        package var aliases: [AssetAliasName]

        package init(asset: AssetURI, extra: JSONObject, aliases: [AssetAliasName]) {
            self.asset = asset
            self.extra = extra
            self.aliases = aliases
        }
    }

    /// For those of its outlets of which it says something.
    package var extras: [AssetURI: JSONObject] = [:]
    /// Its outlets with places to fill in, as they were filled in when the attempt began.
    package var filled: [Asset] = []
    package var aliased: [AliasUpdate] = []

    package init() {}
}
