import Testing

extension BadFile {
    private static func cached(_ keys: String) -> String {
        """
        {"dag_id": "d", "params": {"alpha": 1}, "tasks": [
        {"task_id": "t", \(keys)}]}
        """
    }

    static let cache = [
        BadFile(
            "cache of the wrong kind", cached(#""command":"x","cache":"yes""#),
            #"2:40: "cache" must be a boolean or an object, found a string"#),
        BadFile(
            "files that leave the folder",
            cached(#""command":"x","cache":{"files":["/etc/passwd","../x","a","a","!"]}"#),
            #"2:50: "/etc/passwd" is absolute; the files of "cache" are relative to the DAG file's folder"#,
            #"2:64: "../x" leaves the DAG file's folder by .."#,
            #"2:75: "a" is listed twice in "files""#, #"2:79: "!" names no file"#),
        BadFile(
            "unknown words of a cache",
            cached(#""command":"x","cache":{"ttl":1,"ignore_params":["alpa"],"scope":"all","expires":0}"#),
            #"2:41: unknown key "ttl"; did you mean "expires"?"#,
            #"2:66: no such param: "alpa"; did you mean "alpha"?"#,
            #"2:82: "scope" has the unknown value "all"; expected one of "dag", "home""#,
            #"2:98: "expires" must be longer than zero"#),
        BadFile(
            "a cache of what is no result", cached(#""type":"deploy","command":"x","cache":true"#),
            #"2:48: a deployment is an act and not a result, so it cannot have "cache""#),
        BadFile(
            "a cache of nothing", cached(#""type":"noop","cache":true"#),
            #"2:32: a task of the type noop runs nothing, so it cannot have "cache""#),
    ]
}
