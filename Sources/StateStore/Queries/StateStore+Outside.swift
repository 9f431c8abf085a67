import DAGDomain
import GRDB

extension StateStore {
    /// Whether a watch was ever seen.
    package func hasWatch(_ uri: AssetURI, pattern: String) throws(StateStoreError) -> Bool {
        try read { database in
            try database.fetchCount(
                "SELECT count(*) FROM asset_watch WHERE uri = ? AND pattern = ?", [uri.text, pattern]) > 0
        }
    }

    /// The files of an asset as they were last seen, by path.
    package func watchedFiles(of uri: AssetURI) throws(StateStoreError) -> [String: WatchedFile] {
        let files = try read { database in
            try database.fetch(
                "SELECT path, size, modified, inode FROM watched_file WHERE uri = ?", [uri.text]
            ) { reader in
                WatchedFile(
                    path: try reader.text(), sizeBytes: try reader.integer(),
                    modified: try reader.integer(), inode: UInt64(bitPattern: try reader.integer()))
            }
        }
        return Dictionary(files.map { ($0.path, $0) }) { _, last in last }
    }

    /// What a message led to that has one of these keys; nil when none was taken.
    package func delivery(
        to webhook: WebhookName, keys: [String]
    ) throws(StateStoreError) -> WebhookDelivery.Outcome? {
        for key in keys {
            let found = try read { database in
                try database.fetch(
                    "SELECT event, run FROM webhook_delivery WHERE webhook = ? AND key = ?",
                    [webhook.text, key]
                ) { (event: try $0.optionalInteger(), run: try $0.optionalInteger()) }.first
            }
            if let event = found?.event { return .event(AssetEventID(event)) }
            if let run = found?.run { return .run(RunNumber(run)) }
        }
        return nil
    }
}
