import JSONText

/// How components are stored: lists of kind, name, hash and, if there is one, the value to show.
extension CacheComponent {
    package var json: JSONValue {
        let texts = [kind.rawValue, name, hash] + (shown.map { [$0] } ?? [])
        return .array(texts.map(JSONValue.string))
    }

    /// Nil when the value has another shape.
    package init?(_ value: JSONValue) {
        guard let parts = value.arrayValue?.map(\.stringValue), (3...4).contains(parts.count),
            let kind = parts[0].flatMap(Kind.init(rawValue:)), let name = parts[1], let hash = parts[2]
        else { return nil }
        self.init(kind, name, hash: hash, shown: parts.count == 4 ? parts[3] : nil)
    }

    package static func list(_ value: JSONValue) -> [CacheComponent]? {
        guard let values = value.arrayValue else { return nil }
        let components = values.compactMap(CacheComponent.init)
        return components.count == values.count ? components : nil
    }
}

extension CacheRecord {
    package var json: JSONObject {
        var object: JSONObject = [
            "try_number": .integer(Int64(tryNumber)), "components": .array(components.map(\.json)),
            "answer": .string(answer.rawValue), "text": .string(text),
            "source_run": .string(sourceRun.text), "source_try": .integer(Int64(sourceTry)),
        ]
        object["key"] = key.map(JSONValue.string)
        object["computed_at"] = computedAt.map { .integer($0.microsecondsSinceEpoch) }
        return object
    }

    /// Nil when the value has another shape.
    package init?(_ object: JSONObject) {
        guard case .integer(let tryNumber)? = object["try_number"],
            let components = object["components"].flatMap(CacheComponent.list),
            let answer = object["answer"]?.stringValue.flatMap(CacheAnswer.init(rawValue:)),
            let text = object["text"]?.stringValue, let run = object["source_run"]?.stringValue,
            case .integer(let sourceTry)? = object["source_try"]
        else { return nil }
        self.init(
            tryNumber: Int(clamping: tryNumber), key: object["key"]?.stringValue, components: components,
            answer: answer, text: text, sourceRun: RunID(run), sourceTry: Int(clamping: sourceTry))
        if case .integer(let instant)? = object["computed_at"] {
            computedAt = Timestamp(microsecondsSinceEpoch: instant)
        }
    }
}
