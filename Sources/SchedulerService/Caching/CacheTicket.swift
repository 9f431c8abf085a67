import DAGDomain
import JSONText

/// What must be remembered of an attempt of a task with `cache` from its start to its end. It lies beside the control file,
/// because the daemon may be another one by then.
struct CacheTicket: Sendable {
    let record: CacheRecord
    /// Where the files are that count, by name.
    let paths: [String: String]

    init(_ record: CacheRecord, _ paths: [String: String]) {
        self.record = record
        self.paths = paths
    }

    private static let limitBytes = 64 << 20

    func write(to path: String) throws(SmallFile.Failure) {
        let places = JSONObject(paths.map { ($0.key, JSONValue.string($0.value)) })
        let object: JSONObject = ["record": .object(record.json), "paths": .object(places)]
        try SmallFile.write(object.text() + "\n", to: path)
    }

    /// Nil when there is none or it cannot be read: then nothing is kept of the attempt.
    static func read(_ path: String) -> CacheTicket? {
        guard let bytes = try? SmallFile.read(path, limit: limitBytes),
            let value = try? JSONValue.parse(bytes: bytes),
            let record = value["record"]?.objectValue.flatMap(CacheRecord.init),
            let places = value["paths"]?.objectValue
        else { return nil }
        var paths: [String: String] = [:]
        for (name, place) in places { paths[name] = place.stringValue }
        return CacheTicket(record, paths)
    }
}
