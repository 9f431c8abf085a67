import DAGDomain
import JSONText
import StateStore

/// What was true of a task's model when an attempt began: kept in a file until the attempt has ended, since the daemon may
/// be another one then.
struct ModelStart: Hashable, Sendable {
    /// Of a training: everything but its metrics.
    var facts = ModelFacts()
    /// Of a training: the content of an upstream artifact that is kept as the drift reference.
    var reference: String?
    /// Of the others: the version that the task was given.
    var version: ModelVersionNumber?
    /// Where the aliases stood that the task was told of or is compared with.
    var aliases: [AliasName: ModelVersionNumber?] = [:]
    /// The metrics recorded with the versions at those aliases.
    var recorded: [AliasName: [String: Double]] = [:]

    static let sizeLimitBytes = 64 << 20

    var json: JSONObject {
        var object: JSONObject = ["facts": .object(ModelFactsCoding.encode(facts))]
        object["reference"] = reference.map(JSONValue.string)
        object["version"] = version.map { .integer(Int64($0.value)) }
        object["aliases"] = .object(
            JSONObject(
                aliases.map { alias, version in
                    (alias.text, version.map { .integer(Int64($0.value)) } ?? .null)
                }))
        object["recorded"] = .object(
            JSONObject(
                recorded.map { alias, metrics in (alias.text, .object(ModelFactsCoding.encode(metrics))) }))
        return object
    }

    init() {}

    /// - Returns: nil when the object is not one that `json` makes.
    init?(_ object: JSONObject) {
        guard let facts = object["facts"]?.objectValue.flatMap(ModelFactsCoding.decode),
            let aliases = object["aliases"]?.objectValue, let recorded = object["recorded"]?.objectValue
        else { return nil }
        self.facts = facts
        reference = object["reference"]?.stringValue
        version = object["version"]?.versionNumber
        for (alias, value) in aliases {
            self.aliases.updateValue(value.versionNumber, forKey: AliasName(alias))
        }
        for (alias, value) in recorded {
            guard let metrics = value.objectValue.flatMap(ModelFactsCoding.decodeMetrics) else { return nil }
            self.recorded[AliasName(alias)] = metrics
        }
    }
}

extension JSONValue {
    /// A number of a version: a positive integer, or a text that is one.
    var versionNumber: ModelVersionNumber? {
        guard let number = intValue ?? stringValue.flatMap({ Int64($0) }), number >= 1 else { return nil }
        return Int(exactly: number).map { ModelVersionNumber($0) }
    }
}
