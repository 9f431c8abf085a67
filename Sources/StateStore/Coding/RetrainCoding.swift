import DAGDomain
import JSONText

/// What `retrain_when` remembers, as the text of its columns. Numbers are texts: some have no JSON.
enum RetrainCoding {
    static func text(_ state: RetrainState) -> String {
        let object: JSONObject = [
            "firings": .array(state.firingsInOrder.map { .object(json($0)) }),
            "rows": .object(
                JSONObject(state.rows.sorted { $0.key < $1.key }.map { ($0.key.text, .integer($0.value)) })),
            "starts": .array(state.starts.map { .integer($0.microsecondsSinceEpoch) }),
        ]
        return object.text()
    }

    static func state(_ text: String, of dagID: DAGID) throws -> RetrainState {
        guard let value = try? JSONValue.parse(text), let firings = value["firings"]?.arrayValue,
            let rows = value["rows"]?.objectValue, let starts = value["starts"]?.arrayValue
        else { throw RowError(detail: "column state does not hold a state of retraining") }
        var counts: [AssetURI: Int64] = [:]
        for (uri, count) in rows { counts[AssetURI(uri)] = count.intValue }
        return RetrainState(
            dagID: dagID, firings: try firings.map { try firing($0) }, rows: counts,
            starts: starts.compactMap { $0.intValue.map(Timestamp.init(microsecondsSinceEpoch:)) })
    }

    static func text(_ firing: RetrainFiring) -> String { json(firing).text() }

    static func firing(_ text: String) throws -> RetrainFiring {
        guard let value = try? JSONValue.parse(text) else {
            throw RowError(detail: "column cause does not hold JSON")
        }
        return try firing(value)
    }

    private static func json(_ firing: RetrainFiring) -> JSONObject {
        var object: JSONObject = [
            "clause": .string(firing.clause), "at": .integer(firing.at.microsecondsSinceEpoch),
        ]
        if let value = firing.value { object["value"] = .string("\(value)") }
        switch firing.source {
        case nil: break
        case .task(let dagID, let runID, let taskID, let mapIndex):
            object["task"] = [
                .string(dagID.text), .string(runID.text), .string(taskID.text), .integer(Int64(mapIndex)),
            ]
        case .outside(let text): object["outside"] = .string(text)
        }
        return object
    }

    private static func firing(_ value: JSONValue) throws -> RetrainFiring {
        guard let clause = value["clause"]?.stringValue, let at = value["at"]?.intValue else {
            throw RowError(detail: "a clause that has fired is not one")
        }
        var source: AssetEventSource?
        if let task = value["task"], let dagID = task[0]?.stringValue, let runID = task[1]?.stringValue,
            let taskID = task[2]?.stringValue, let mapIndex = task[3]?.intValue
        {
            source = .task(DAGID(dagID), RunID(runID), TaskID(taskID), mapIndex: Int(mapIndex))
        } else if let text = value["outside"]?.stringValue {
            source = .outside(text)
        }
        return RetrainFiring(
            clause: clause, at: Timestamp(microsecondsSinceEpoch: at),
            value: value["value"]?.stringValue.flatMap(Double.init), source: source)
    }
}
