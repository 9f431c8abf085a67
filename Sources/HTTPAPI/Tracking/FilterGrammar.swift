import StateStore

/// What may be searched for and sorted by, for one kind of thing.
struct FilterGrammar: Sendable {
    enum Kind: Hashable, Sendable {
        case attribute, metric, param, tag, dataset
    }

    /// The words before the dot, and what they mean.
    let kinds: [String: Kind]
    let attributes: Set<String>
    let numericAttributes: Set<String>
    /// Attributes that may be compared with a list of texts.
    let listAttributes: Set<String>
    let orderAttributes: Set<String>
    /// Whether a tag or param may be asked for being there.
    let knowsAbsence: Bool
    /// Old names of attributes.
    var aliases: [String: String] = [:]

    private static let runKinds: [String: Kind] = [
        "metric": .metric, "metrics": .metric, "parameter": .param, "parameters": .param, "param": .param,
        "params": .param, "tag": .tag, "tags": .tag, "attribute": .attribute, "attr": .attribute,
        "attributes": .attribute, "run": .attribute, "dataset": .dataset, "datasets": .dataset,
    ]
    private static let plainKinds: [String: Kind] = ["attribute": .attribute, "tag": .tag, "tags": .tag]

    static let runs = FilterGrammar(
        kinds: runKinds,
        attributes: [
            "artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id", "created",
            "Created", "run name", "Run name", "Run Name",
        ],
        numericAttributes: ["start_time", "end_time"], listAttributes: ["run_id"],
        orderAttributes: [
            "artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id", "created",
            "Created",
        ], knowsAbsence: true,
        aliases: [
            "created": "start_time", "Created": "start_time", "run name": "run_name", "Run name": "run_name",
            "Run Name": "run_name",
        ])

    static let experiments = FilterGrammar(
        kinds: plainKinds, attributes: ["name", "experiment_id", "creation_time", "last_update_time"],
        numericAttributes: ["creation_time", "last_update_time"], listAttributes: ["experiment_id"],
        orderAttributes: ["name", "experiment_id", "creation_time", "last_update_time"], knowsAbsence: true)

    static let loggedModels = FilterGrammar(
        kinds: runKinds,
        attributes: [
            "name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp",
            "creation_time", "last_updated_timestamp", "last_updated_time",
        ],
        numericAttributes: [
            "creation_timestamp", "creation_time", "last_updated_timestamp", "last_updated_time",
        ], listAttributes: ["name", "model_id", "model_type", "status", "source_run_id"],
        orderAttributes: [
            "name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp",
            "creation_time", "last_updated_timestamp", "last_updated_time",
        ], knowsAbsence: false,
        aliases: [
            "creation_time": "creation_timestamp", "last_updated_time": "last_updated_timestamp",
        ])

    static let registeredModels = FilterGrammar(
        kinds: plainKinds, attributes: ["name"], numericAttributes: [], listAttributes: ["name"],
        orderAttributes: ["name", "creation_timestamp", "last_updated_timestamp", "timestamp"],
        knowsAbsence: false, aliases: ["timestamp": "last_updated_timestamp"])

    static let modelVersions = FilterGrammar(
        kinds: plainKinds, attributes: ["name", "version_number", "run_id", "source_path"],
        numericAttributes: ["version_number", "creation_timestamp", "last_updated_timestamp"],
        listAttributes: ["name", "run_id"],
        orderAttributes: ["name", "version_number", "creation_timestamp", "last_updated_timestamp"],
        knowsAbsence: false)

    /// What a name as it is written means.
    func field(
        _ name: String, among attributes: Set<String>
    ) throws(TrackingError) -> TrackingCondition.Field {
        let split = name.firstIndex(of: ".")
        var word = split.map { String(name[..<$0]) } ?? "attribute"
        if word.count > 2, word.hasPrefix("`"), word.hasSuffix("`") {
            word = String(word.dropFirst().dropLast())
        }
        let key = Self.unquoted(split.map { String(name[name.index(after: $0)...]) } ?? name)
        guard let kind = kinds[word] else {
            throw .invalid(
                "Invalid entity type '\(word)'. Valid values are \(kinds.keys.sorted().joined(separator: ", "))"
            )
        }
        switch kind {
        case .metric: return .metric(key)
        case .param: return .param(key)
        case .tag: return .tag(key)
        case .dataset:
            guard let field = TrackingCondition.DatasetField(rawValue: key) else {
                throw .invalid(
                    "Invalid dataset key '\(key)' specified. Valid keys are name, digest, context")
            }
            return .dataset(field)
        case .attribute:
            guard attributes.contains(key) else {
                throw .invalid(
                    "Invalid attribute key '\(key)' specified. Valid keys are "
                        + attributes.sorted().joined(separator: ", "))
            }
            return .attribute(aliases[key] ?? key)
        }
    }

    private static func unquoted(_ key: String) -> String {
        for quote in ["`", "\"", "'"]
        where key.count >= 2 && key.hasPrefix(quote) && key.hasSuffix(quote) {
            return String(key.dropFirst().dropLast())
        }
        return key
    }
}
