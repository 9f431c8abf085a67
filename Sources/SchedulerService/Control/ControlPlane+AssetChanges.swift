import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore

extension ControlPlane {
    /// Makes an asset, or says something else of it.
    ///
    /// - Returns: whether it is new.
    package func setAsset(_ asset: Asset, by: String) async throws(ControlPlaneError) -> Bool {
        guard asset.uri.isValid, AssetURI(asset.name).isValid, AssetURI(asset.group).isValid else {
            throw .invalidRequest(
                "the URI, the name and the group of an asset are up to \(AssetURI.maximumLength) printable "
                    + "ASCII characters, not starting or ending with a space")
        }
        guard asset.extra.text().utf8.count <= Self.maximumExtra else {
            throw .invalidRequest("the extra of an asset has at most \(Self.maximumExtra) bytes")
        }
        if let told = assetUses()[asset.uri]?.description, !told.asset.isDescribedLike(asset) {
            throw .conflict(
                "the file of DAG `\(told.dagID)` says what the asset `\(asset.uri)` is: change it there")
        }
        let known = try reading { () throws(StateStoreError) in try store.asset(asset.uri) }
        try await perform(.assetDescribed(asset), known == nil ? "create" : "update", asset.uri, by: by)
        return known == nil
    }

    /// Forgets an asset with its events, and what waits of them.
    package func deleteAsset(_ uri: AssetURI, by: String) async throws(ControlPlaneError) {
        _ = try asset(uri)
        if let use = assetUses()[uri], !use.isEmpty {
            let names = use.dagIDs.map { "`\($0)`" }.joined(separator: ", ")
            throw .conflict(
                use.dagIDs.count == 1
                    ? "the asset `\(uri)` would come back: the file of DAG \(names) names it"
                    : "the asset `\(uri)` would come back: the files of the DAGs \(names) name it")
        }
        let hooks = try asking { (values) throws(ValueError) in try values.webhooks() }
            .filter { $0.target == .asset(uri) }.map { "`\($0.name)`" }
        guard hooks.isEmpty else {
            throw .conflict(
                "the webhook \(hooks.joined(separator: ", ")) updates the asset `\(uri)`: delete that first")
        }
        try await perform(.assetRemoved(uri), "delete", uri, by: by)
    }

    private func perform(
        _ event: SchedulerEvent, _ what: String, _ uri: AssetURI, by: String
    ) async throws(ControlPlaneError) {
        try await engine.perform { engine throws(ControlPlaneError) in
            if let refusal = engine.handle(event).refusal { throw ControlPlaneError(refusal) }
            try reading { () throws(StateStoreError) in
                try engine.store.recordEvent(
                    RecordedEvent(who: by, what: "\(what) asset", detail: ["uri": .string(uri.text)]),
                    at: WallClock.now())
            }
        }
    }
}

extension Asset {
    fileprivate func isDescribedLike(_ other: Asset) -> Bool {
        name == other.name && group == other.group && extra == other.extra
    }
}
