import DAGDomain
import JSONText

/// Reads assets and conditions on them. As in `TaskReader`, shapes were checked before.
struct AssetReader {
    var diagnostics: DiagnosticList
    /// What was said of each asset, in the order of the text.
    private(set) var assets: [Asset] = []
    private var places: [AssetURI: Int] = [:]

    init(diagnostics: DiagnosticList) {
        self.diagnostics = diagnostics
    }

    /// One of `inlets` or `outlets` whose URI is fixed.
    mutating func readElement(_ element: JSONNode, in key: String) {
        guard let asset = read(element, .outlet) else { return }
        if places[asset.uri] != nil {
            reportTwice(asset.uri.text, in: key, at: element.position)
        } else {
            add(asset)
        }
    }

    /// The condition of a schedule; nil when nothing of it can be read.
    mutating func readCondition(_ node: JSONNode) -> AssetCondition? {
        let condition = condition(node)
        if assets.count > AssetCondition.maximumAssets {
            diagnostics.error(
                "\"assets\" names \(assets.count) assets, at most \(AssetCondition.maximumAssets) are allowed",
                at: node.position)
        }
        return condition
    }

    private mutating func condition(_ node: JSONNode) -> AssetCondition? {
        if let elements = node.elements { return .all(parts(elements, of: "assets")) }
        guard node.members != nil else { return leaf(node) }
        let fields = Fields(node, .assetCondition)
        let given = ["uri", "alias", "all", "any"].compactMap { fields.member($0) }
        if given.count > 1 {
            diagnostics.error(
                "\"\(given[0].key)\" and \"\(given[1].key)\" cannot stand side by side; put one inside the "
                    + "other",
                at: given[1].keyPosition)
        }
        if fields["uri"] == nil { reportDescription(fields) }
        if let place = fields["alias"], let text = place.stringValue {
            return named(text, at: place.position).map { .alias(AssetAliasName($0.text)) }
        }
        if let all = fields["all"]?.elements { return .all(parts(all, of: "all")) }
        if let any = fields["any"]?.elements { return .any(parts(any, of: "any")) }
        return leaf(node)
    }

    private mutating func parts(_ elements: [JSONNode], of key: String) -> [AssetCondition] {
        var seen: Set<AssetCondition> = []
        return elements.compactMap { element in
            guard let part = condition(element) else { return nil }
            if !seen.insert(part).inserted {
                switch part {
                case .asset(let uri): reportTwice(uri.text, in: key, at: element.position)
                case .alias(let alias): reportTwice(alias.text, in: key, at: element.position)
                case .all, .any: break
                }
            }
            return part
        }
    }

    private mutating func leaf(_ node: JSONNode) -> AssetCondition? {
        guard let asset = read(node, .assetCondition) else { return nil }
        if let place = places[asset.uri] {
            // The asset may be named again by its URI alone.
            if assets[place] == Asset(asset.uri) { assets[place] = asset }
        } else {
            add(asset)
        }
        return .asset(asset.uri)
    }

    private mutating func add(_ asset: Asset) {
        places[asset.uri] = assets.count
        assets.append(asset)
    }

    private mutating func read(_ node: JSONNode, _ table: KeyTable.Name) -> Asset? {
        if let text = node.stringValue { return named(text, at: node.position).map { Asset($0) } }
        guard node.members != nil else { return nil }
        let fields = Fields(node, table)
        guard let place = fields["uri"], let text = place.stringValue,
            let uri = named(text, at: place.position)
        else { return nil }
        return Asset(
            uri, name: fields.string("name"), group: fields.string("group") ?? Asset.defaultGroup,
            extra: fields["extra"]?.value.objectValue ?? JSONObject(),
            watch: table == .assetCondition ? fields["watch"].flatMap { watch($0) } : nil)
    }

    /// Keys that describe an asset, where there is none.
    private mutating func reportDescription(_ fields: Fields) {
        for key in ["name", "group", "extra", "watch"] {
            guard let member = fields.member(key),
                ["all", "any", "alias"].contains(where: { fields[$0] != nil })
            else { continue }
            diagnostics.error("\"\(member.key)\" belongs to an asset with \"uri\"", at: member.keyPosition)
        }
    }

    private mutating func watch(_ node: JSONNode) -> FileWatch? {
        let fields = Fields(node, .fileWatch)
        guard let place = node.stringValue == nil ? fields["path"] : node, let path = place.stringValue,
            !path.isEmpty
        else { return nil }
        refuseTemplate(path, in: "watch", at: place.position)
        return FileWatch(
            path: path, interval: fields.duration("poke_interval") ?? FileWatch.defaultInterval,
            settling: fields.duration("settle") ?? FileWatch.defaultSettling)
    }

    private mutating func named(_ text: String, at position: JSONPosition) -> AssetURI? {
        guard TextRule.asset.accepts(text) else { return nil }
        refuseTemplate(text, in: "asset", at: position)
        return AssetURI(text)
    }

    private mutating func refuseTemplate(_ text: String, in key: String, at position: JSONPosition) {
        guard TemplateParser.expectedTemplate(in: text) != nil else { return }
        let what = key == "watch" ? "the path of \"watch\"" : "the name of an asset"
        diagnostics.error(
            "\(what) is fixed: nothing is filled in in \(text.quotedForMessage)", at: position)
    }

    private mutating func reportTwice(_ name: String, in key: String, at position: JSONPosition) {
        diagnostics.error("\(name.quotedForMessage) is listed twice in \"\(key)\"", at: position)
    }
}
