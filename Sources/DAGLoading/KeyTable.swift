/// The keys that one kind of object in a DAG file may have. A class, so that looking at it copies nothing.
final class KeyTable: Sendable {
    /// The kinds of objects; also the names of the schema's definitions.
    enum Name: String, Sendable, CaseIterable {
        case dag, task, keyedTask, defaultArguments, retry, schedule, calendar, concurrency, catchupWindow,
            artifact, input,
            gateCondition, model, deploy, deployStep, deployHealth, deployAddress
        case triggeredRun, parameterSchema, edge, outputSource, awaitedFile, externalRun, taskGroup,
            httpRequest, sqlQuery, container, dataCheck, dataRule, cache, asset, outlet, assetCondition,
            fileWatch
        case notice, webhook, email, deadline, deadlineTime
        case drift, driftTable, select, earlyStopping
        case retraining, retrainClause, watchedMetric, watchedDrift, newRows
    }

    /// How a message calls the object: "a task".
    let title: String
    let keys: [KeyRule]
    /// Words that other tools use for one of the keys, to answer `bash_command` with "command".
    let foreignWords: [String: String]
    /// Words of related objects that do not belong here, each with the reason.
    let misplacedWords: [String: String]
    /// Keys of which at least one must be there; a message names the first.
    let needsOneOf: [String]

    /// The keys that must be there, and those that exclude others.
    let requiredKeys: [KeyRule]
    let conflictingKeys: [KeyRule]

    private let rules: [String: KeyRule]

    init(
        _ title: String, _ keys: [KeyRule], needsOneOf: [String] = [], foreignWords: [String: String] = [:],
        misplacedWords: [String: String] = [:]
    ) {
        self.title = title
        self.keys = keys
        self.foreignWords = foreignWords
        self.misplacedWords = misplacedWords
        self.needsOneOf = needsOneOf
        requiredKeys = keys.filter(\.isRequired)
        conflictingKeys = keys.filter { !$0.conflicts.isEmpty }
        var rules: [String: KeyRule] = [:]
        for key in keys {
            for word in key.words { rules[word] = key }
        }
        self.rules = rules
    }

    /// The rule for a key or one of its aliases.
    func rule(for word: String) -> KeyRule? { rules[word] }

    /// The key a person probably meant.
    func suggestion(for word: String) -> String? {
        if let key = foreignWords[word] { return key }
        let words = keys.flatMap { key in key.isLater ? [] : key.words }
        return NearestWord.find(word, in: words).map { rule(for: $0)?.name ?? $0 }
    }
}

/// One key of an object: its names, what its value looks like, and what it is for.
final class KeyRule: Sendable {
    let name: String
    let aliases: [String]
    let shape: Shape
    let isRequired: Bool
    /// Other keys that say the same and must not be there too.
    let conflicts: [String]
    /// For editors and documents.
    let description: String

    init(
        _ name: String, _ shape: Shape, aliases: [String] = [], isRequired: Bool = false,
        conflicts: [String] = [],
        _ description: String
    ) {
        self.name = name
        self.aliases = aliases
        self.shape = shape
        self.isRequired = isRequired
        self.conflicts = conflicts
        self.description = description
    }

    /// A known word that this version refuses.
    static func later(_ name: String, aliases: [String] = []) -> KeyRule {
        KeyRule(name, .later, aliases: aliases, "Not supported yet.")
    }

    var words: [String] { [name] + aliases }

    var isLater: Bool {
        if case .later = shape { true } else { false }
    }
}

extension KeyTable.Name {
    var table: KeyTable {
        switch self {
        case .dag: KeyTable.dag
        case .task: KeyTable.task
        case .keyedTask: KeyTable.keyedTask
        case .defaultArguments: KeyTable.defaultArguments
        case .retry: KeyTable.retry
        case .schedule: KeyTable.schedule
        case .calendar: KeyTable.calendar
        case .concurrency: KeyTable.concurrency
        case .catchupWindow: KeyTable.catchupWindow
        case .artifact: KeyTable.artifact
        case .input: KeyTable.input
        case .gateCondition: KeyTable.gateCondition
        case .model: KeyTable.model
        case .deploy: KeyTable.deploy
        case .deployStep: KeyTable.deployStep
        case .deployHealth: KeyTable.deployHealth
        case .deployAddress: KeyTable.deployAddress
        case .triggeredRun: KeyTable.triggeredRun
        case .parameterSchema: KeyTable.parameterSchema
        case .edge: KeyTable.edge
        case .outputSource: KeyTable.outputSource
        case .awaitedFile: KeyTable.awaitedFile
        case .externalRun: KeyTable.externalRun
        case .taskGroup: KeyTable.taskGroup
        case .httpRequest: KeyTable.httpRequest
        case .sqlQuery: KeyTable.sqlQuery
        case .container: KeyTable.container
        case .notice: KeyTable.notice
        case .webhook: KeyTable.webhook
        case .email: KeyTable.email
        case .deadline: KeyTable.deadline
        case .deadlineTime: KeyTable.deadlineTime
        case .dataCheck: KeyTable.dataCheck
        case .dataRule: KeyTable.dataRule
        case .cache: KeyTable.cache
        case .asset: KeyTable.asset
        case .outlet: KeyTable.outlet
        case .assetCondition: KeyTable.assetCondition
        case .fileWatch: KeyTable.fileWatch
        case .retraining: KeyTable.retraining
        case .drift: KeyTable.drift
        case .select: KeyTable.select
        case .earlyStopping: KeyTable.earlyStopping
        case .driftTable: KeyTable.driftTable
        case .retrainClause: KeyTable.retrainClause
        case .watchedMetric: KeyTable.watchedMetric
        case .watchedDrift: KeyTable.watchedDrift
        case .newRows: KeyTable.newRows
        }
    }
}
