import DAGDomain

/// `cache` of a task.
extension KeyTable {
    static let cacheRule = KeyRule(
        "cache", .either([.boolean, .object(.cache)]),
        "Whether an earlier success that did the same with the same is taken over instead of running the task; false if absent."
    )

    static let cache = KeyTable(
        "cache",
        [
            KeyRule(
                "files", .array(.string(.nonEmpty)),
                "Files that count beside those that the command names, as patterns relative to the DAG file's folder: *, ?, "
                    + "** for any number of folders; a leading ! leaves files out."),
            KeyRule(
                "env", .array(.string(.variable)),
                "Environment variables that count beside those of \"env\" of the task and the DAG."),
            KeyRule(
                "expires", .duration(allowsZero: false), aliases: ["max_age"],
                "How long after it was computed a result may be taken over; for ever if absent."),
            KeyRule(
                "version", .either([.string(.any), .integer(Int64.min...Int64.max)]),
                "Change it when something has changed that the cache cannot see."),
            KeyRule("ignore_params", .array(.string(.variable)), "Params that do not count."),
            KeyRule(
                "scope", .choice(TaskCache.Scope.allCases.map(\.rawValue)),
                "Whose results count: those of the same task of the same \"dag\" (the default), or those of any task of the "
                    + "\"home\" that does the same."),
        ],
        foreignWords: [
            "expiration": "expires", "ttl": "expires", "cache_expiration": "expires", "code": "files",
            "inputs": "files", "deps": "files", "environment": "env", "key": "version",
            "ignore": "ignore_params",
        ])
}
