import DAGDomain
import GRDB

/// What the scheduler's surroundings remember: files that were seen, messages that were taken.
enum OutsideRecordTables {
    /// A message that is older may be sent again unnoticed.
    static let deliveryLifetime = Duration.seconds(7 * 86_400)

    static func write(_ record: OutsideRecord, at: Timestamp, in batch: WriteBatch) throws {
        switch record {
        case .watchBegan(let uri, let pattern, let files):
            try batch.execute(
                "INSERT INTO asset_watch VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [uri.text, pattern, at.microsecondsSinceEpoch])
            for file in files { try put(file, of: uri, in: batch) }
        case .fileSeen(let uri, let file): try put(file, of: uri, in: batch)
        case .filesGone(let uri, let paths):
            for path in paths {
                try batch.execute("DELETE FROM watched_file WHERE uri = ? AND path = ?", [uri.text, path])
            }
        case .delivery(let delivery):
            let limit = (at - deliveryLifetime).microsecondsSinceEpoch
            try batch.execute("DELETE FROM webhook_delivery WHERE at < ?", [limit])
            try insert(delivery, at: at, into: batch)
        }
    }

    private static func put(_ file: WatchedFile, of uri: AssetURI, in batch: WriteBatch) throws {
        try batch.execute(
            """
            INSERT INTO watched_file VALUES (?, ?, ?, ?, ?) ON CONFLICT (uri, path) DO UPDATE SET
                size = excluded.size, modified = excluded.modified, inode = excluded.inode
            """,
            [uri.text, file.path, file.sizeBytes, file.modified, Int64(bitPattern: file.inode)])
    }

    private static func insert(
        _ delivery: WebhookDelivery, at: Timestamp, into batch: WriteBatch
    ) throws {
        var event: Int64?
        var run: Int64?
        switch delivery.outcome {
        case .event(let id): event = id.value
        case .run(let number): run = number.value
        }
        for key in Set(delivery.keys) {
            try batch.execute(
                "INSERT INTO webhook_delivery VALUES (?, ?, ?, ?, ?)",
                [delivery.webhook.text, key, at.microsecondsSinceEpoch, event, run])
        }
    }
}
