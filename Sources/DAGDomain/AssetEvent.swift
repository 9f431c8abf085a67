import JSONText

/// The key of an asset event inside an installation: a number given once, in the order of the events.
package struct AssetEventID: Hashable, Comparable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }

    package static func < (left: AssetEventID, right: AssetEventID) -> Bool { left.value < right.value }
}

/// Who updated an asset.
package enum AssetEventSource: Hashable, Sendable {
    /// A task whose success updates it.
    case task(DAGID, RunID, TaskID, mapIndex: Int)
    /// Something outside: a person, a program, a watched file, a webhook. The text says which.
    case outside(String)
}

/// One update of an asset.
package struct AssetEvent: Hashable, Sendable {
    package let id: AssetEventID
    package let asset: AssetURI
    package let timestamp: Timestamp
    /// What its producer says about this update.
    package let extra: JSONObject
    package let source: AssetEventSource
    /// The aliases under which a task told of it.
    package let aliases: [AssetAliasName]

    package init(
        id: AssetEventID, asset: AssetURI, timestamp: Timestamp, extra: JSONObject, source: AssetEventSource,
        aliases: [AssetAliasName] = []
    ) {
        self.id = id
        self.asset = asset
        self.timestamp = timestamp
        self.extra = extra
        self.source = source
        self.aliases = aliases
    }
}

/// An update of an asset that something outside tells of.
package struct AssetEmission: Hashable, Sendable {
    package let asset: AssetURI
    package let extra: JSONObject
    package let source: AssetEventSource

    /// - Parameter source: who tells; see `AssetEventSource.outside`.
    package init(asset: AssetURI, extra: JSONObject = JSONObject(), source: String) {
        self.init(asset: asset, extra: extra, origin: .outside(source))
    }

    package init(asset: AssetURI, extra: JSONObject, origin: AssetEventSource) {
        self.asset = asset
        self.extra = extra
        self.source = origin
    }
}

/// The events that wait to be used by the next asset-triggered run of a DAG, counted by asset: their contents are in
/// the database only, so that memory does not grow with them.
package struct AssetQueue: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var count: Int
        /// Of the first and the last event.
        package let since: Timestamp
        package var latest: Timestamp
        package var last: AssetEventID

        package init(count: Int, since: Timestamp, latest: Timestamp, last: AssetEventID) {
            self.count = count
            self.since = since
            self.latest = latest
            self.last = last
        }
    }

    package let dagID: DAGID
    package private(set) var entries: [AssetURI: Entry]

    package init(dagID: DAGID, entries: [AssetURI: Entry] = [:]) {
        self.dagID = dagID
        self.entries = entries
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.values.reduce(0) { $0 + $1.count } }
    /// The last event of all, which the run's `run_after` follows.
    package var last: Entry? { entries.values.max { $0.last < $1.last } }

    package mutating func add(_ event: AssetEvent) {
        guard var entry = entries[event.asset] else {
            entries[event.asset] = Entry(
                count: 1, since: event.timestamp, latest: event.timestamp, last: event.id)
            return
        }
        entry.count += 1
        entry.latest = event.timestamp
        entry.last = event.id
        entries[event.asset] = entry
    }

    package mutating func remove(_ assets: some Sequence<AssetURI>) {
        for asset in assets { entries[asset] = nil }
    }
}
